/* What is a text when its gaps are filled? Only the plain ones: no fractions, no widths but "%02d". */

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

/* "07": as many digits as asked for, at least; false: `format` asks for something else, or has a sign. */
static bool pad(const char *format, int number, char digits[static DIGITS_MAX], struct str *value)
{
    if (format[2] < '1' || format[2] > '9' || format[3] != 'd' || number < 0)
        return false;
    size_t width = (size_t)(format[2] - '0');
    *value = format_int(number, digits);
    while (value->len < width) {
        value->data--;
        value->len++;
        digits[value->data - digits] = '0';
    }
    return true;
}

/* Takes the gap at the front of `format` and what fills it; the gap's length, 0 when it is not a plain one.
 */
static size_t take_gap(const char *format, va_list *args, char digits[static DIGITS_MAX], struct str *value)
{
    size_t number;
    int most;
    switch (format[1]) {
    case 's':
        *value = str_from(va_arg(*args, const char *));
        return 2;
    case 'd':
        *value = format_int(va_arg(*args, int), digits);
        return 2;
    case '0':
        return pad(format, va_arg(*args, int), digits, value) ? 4 : 0;
    case '%':
        *value = STR("%");
        return 2;
    case '.':
        if (format[2] != '*' || format[3] != 's')
            return 0;
        most = va_arg(*args, int);
        *value = bounded(most, va_arg(*args, const char *));
        return 4;
    case 'l':
        if (format[2] != 'l' || format[3] != 'd')
            return 0;
        *value = format_int(va_arg(*args, long long), digits);
        return 4;
    case 'z':
        if (format[2] != 'u')
            return 0;
        number = va_arg(*args, size_t);
        *value = format_int((int64_t)number, digits);
        return number > INT64_MAX ? 0 : 3;
    default:
        return 0;
    }
}

int format_plain(char *out, size_t size, const char *format, va_list args)
{
    struct writing writing = {out, size, 0};
    struct str rest = str_from(format);
    va_list left;
    va_copy(left, args);
    bool fits = true;
    for (size_t gap; fits && (gap = str_find_char(rest, '%')) != STR_NONE;) {
        char digits[DIGITS_MAX];
        struct str value;
        fits = put(&writing, str_slice(rest, 0, gap));
        size_t len = fits ? take_gap(rest.data + gap, &left, digits, &value) : 0;
        fits = len && put(&writing, value);
        rest = str_slice(rest, gap + len, rest.len);
    }
    va_end(left);
    if (!fits || !put(&writing, rest))
        return -1;
    out[writing.len] = '\0';
    return (int)writing.len;
}
