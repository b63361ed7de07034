/* Is this text GSM 7-bit, how many parts does it take, and can its typography be made plain? */

#include "channels/gsm7.h"

#define GSM7_SINGLE 160
#define GSM7_PART   153
#define UCS2_SINGLE 70
#define UCS2_PART   67

/* The characters of GSM 03.38's basic table that are not ASCII, ascending. */
static const uint16_t basic_beyond_ascii[] = {
    0xA1, 0xA3, 0xA4, 0xA5,  0xA7,  0xBF,  0xC4,  0xC5,  0xC6,  0xC7,  0xC9,  0xD1,  0xD6,
    0xD8, 0xDC, 0xDF, 0xE0,  0xE4,  0xE5,  0xE6,  0xE8,  0xE9,  0xEC,  0xF1,  0xF2,  0xF6,
    0xF8, 0xF9, 0xFC, 0x393, 0x394, 0x398, 0x39B, 0x39E, 0x3A0, 0x3A3, 0x3A6, 0x3A8, 0x3A9,
};

static bool is_basic_beyond_ascii(uint32_t point)
{
    for (size_t i = 0; i < sizeof basic_beyond_ascii / sizeof *basic_beyond_ascii; i++)
        if (basic_beyond_ascii[i] == point)
            return true;
    return false;
}

static const uint8_t ascii_septets[0x80] = {
    ['\n'] = 1, ['\r'] = 1, [' ' ... 'Z'] = 1, ['_'] = 1, ['a' ... 'z'] = 1, ['\f'] = 2,
    ['['] = 2,  ['\\'] = 2, [']'] = 2,         ['^'] = 2, ['{' ... '~'] = 2,
};

/* Septets of a character: 1, 2 for the extension table, 0 when GSM 7-bit has no such character. */
static size_t septets(uint32_t point)
{
    if (point < 0x80)
        return ascii_septets[point];
    return point == 0x20AC ? 2 : is_basic_beyond_ascii(point);
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

static bool is_gsm7(struct str text)
{
    size_t at = 0;
    while (at < text.len && is_ascii(text.data[at]) && ascii_septets[(unsigned char)text.data[at]])
        at++;
    text = str_slice(text, at, text.len);
    while (text.len)
        if (septets(utf8_next(&text)) == 0)
            return false;
    return true;
}

/* No character is torn between two parts, so a part may stay one unit short. */
static size_t count_parts(struct str text, bool gsm7, size_t room)
{
    size_t parts = 1;
    size_t used = 0;
    while (text.len) {
        uint32_t point = utf8_next(&text);
        size_t units = gsm7 ? septets(point) : 1 + (size_t)(point > 0xFFFF);
        if (used + units > room) {
            parts++;
            used = 0;
        }
        used += units;
    }
    return parts;
}

struct sms_size sms_count(struct str text)
{
    struct sms_size size = {.is_gsm7 = is_gsm7(text)};
    struct str rest = text;
    while (rest.len) {
        uint32_t point = utf8_next(&rest);
        size.units += size.is_gsm7 ? septets(point) : 1 + (size_t)(point > 0xFFFF);
    }
    size_t single = size.is_gsm7 ? GSM7_SINGLE : UCS2_SINGLE;
    if (size.units > single)
        size.segments = count_parts(text, size.is_gsm7, size.is_gsm7 ? GSM7_PART : UCS2_PART);
    else
        size.segments = size.units != 0;
    return size;
}

/* The plain spelling of a typographic character; NULL when it has none that says the same. */
static const char *plain(uint32_t point)
{
    switch (point) {
    case 0x2018: /* single quotes */
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
        return "'";
    case 0x201C: /* double quotes */
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0xAB:
    case 0xBB:
        return "\"";
    case 0x2010: /* hyphens, dashes, minus */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
        return "-";
    case 0x2026:
        return "...";
    case '\t': /* spaces */
    case 0xA0:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return " ";
    case 0xAD: /* invisible marks */
    case 0x200B:
    case 0x2060:
    case 0xFEFF:
        return "";
    default:
        return point >= 0x2000 && point <= 0x200A ? " " : NULL;
    }
}

struct str sms_fold(struct arena *arena, struct str text)
{
    if (is_gsm7(text))
        return text;
    struct buf folded = {.arena = arena};
    struct str rest = text;
    while (rest.len) {
        uint32_t point = utf8_next(&rest);
        const char *replacement = plain(point);
        if (replacement)
            buf_put(&folded, str_from(replacement));
        else if (septets(point))
            buf_put_point(&folded, point);
        else
            return text;
    }
    return buf_str(&folded);
}
