/* What may a terminal be given of what somebody else wrote? */

#include "cli/terminal.h"

static bool is_control(uint32_t point)
{
    bool is_c0_or_c1 = point < 0x20 || (point >= 0x7F && point < 0xA0);
    bool turns_direction = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
    bool breaks_lines = point == 0x2028 || point == 0x2029;
    return (is_c0_or_c1 && point != '\n') || turns_direction || breaks_lines;
}

struct str terminal_text(struct str text, struct arena *arena)
{
    struct buf safe = {.arena = arena};
    while (text.len) {
        uint32_t point = utf8_next(&text);
        buf_put_point(&safe, is_control(point) ? UTF8_REPLACEMENT : point);
    }
    return buf_str(&safe);
}
