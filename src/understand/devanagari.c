/* Which characters of Devanagari are written in several ways, and which way is meant by all of them? */

#include "understand/devanagari.h"

uint32_t devanagari_plain(uint32_t point)
{
    static const uint16_t without_nukta[] = {0x915, 0x916, 0x917, 0x91C, 0x921, 0x922, 0x92B, 0x92F};
    if (point >= 0x966 && point <= 0x96F)
        return '0' + (point - 0x966);
    if (point >= 0x958 && point <= 0x95F)
        return without_nukta[point - 0x958];
    switch (point) {
    case 0x901:
        return DEVANAGARI_ANUSVARA; /* candrabindu is written as anusvara by half of the people */
    case 0x93C:
        return 0; /* nukta */
    case 0x929:
        return 0x928;
    case 0x931:
        return 0x930;
    case 0x934:
        return 0x933;
    default:
        return point;
    }
}

bool devanagari_is_anusvara(uint32_t nasal, uint32_t next)
{
    switch (nasal) {
    case 0x919:
        return next >= 0x915 && next <= 0x918;
    case 0x91E:
        return next >= 0x91A && next <= 0x91D;
    case 0x923:
        return next >= 0x91F && next <= 0x922;
    case 0x928:
        return (next >= 0x924 && next <= 0x927) || (next >= 0x91F && next <= 0x922);
    case 0x92E:
        return next >= 0x92A && next <= 0x92D;
    default:
        return false;
    }
}

bool devanagari_is_nukta(uint32_t point)
{
    return point == 0x93C;
}
