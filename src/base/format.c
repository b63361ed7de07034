/* What is a text when its gaps are filled? Only the plain ones: no widths, no fractions. */

#include "base/format.h"

#include <string.h>

struct str format_int(int64_t number, char digits[static DIGITS_MAX])
{
    size_t at = DIGITS_MAX;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        digits[--at] = '-';
    return (struct str){digits + at, DIGITS_MAX - at};
}

struct writing {
    char *out;
    size_t size; /* room for the text and its NUL */
    size_t len;
};

static bool put(struct writing *writing, struct str text)
{
    if (text.len >= writing->size - writing->len)
        return false;
    if (text.len)
        memcpy(writing->out + writing->len, text.data, text.len);
    writing->len += text.len;
    return true;
}

static struct str bounded(int most, const char *text)
{
    return (struct str){text, most < 0 ? strlen(text) : strnlen(text, (size_t)most)};
}

int format_plain(char *out, size_t size, const char *format, va_list args)
{
    struct writing writing = {out, size, 0};
    struct str rest = str_from(format);
    for (size_t gap; (gap = str_find_char(rest, '%')) != STR_NONE;) {
        char digits[DIGITS_MAX];
        struct str value;
        size_t len = 2;
        if (!put(&writing, str_slice(rest, 0, gap)))
            return -1;
        rest = str_slice(rest, gap, rest.len);
        if (str_starts(rest, STR("%.*s"))) {
            int most = va_arg(args, int);
            value = bounded(most, va_arg(args, const char *));
            len = 4;
        } else if (str_starts(rest, STR("%s"))) {
            value = str_from(va_arg(args, const char *));
        } else if (str_starts(rest, STR("%d"))) {
            value = format_int(va_arg(args, int), digits);
        } else if (str_starts(rest, STR("%lld"))) {
            value = format_int(va_arg(args, long long), digits);
            len = 4;
        } else if (str_starts(rest, STR("%zu"))) {
            size_t number = va_arg(args, size_t);
            if (number > INT64_MAX)
                return -1;
            value = format_int((int64_t)number, digits);
            len = 3;
        } else if (str_starts(rest, STR("%%"))) {
            value = STR("%");
        } else {
            return -1;
        }
        if (!put(&writing, value))
            return -1;
        rest = str_slice(rest, len, rest.len);
    }
    if (!put(&writing, rest))
        return -1;
    out[writing.len] = '\0';
    return (int)writing.len;
}
