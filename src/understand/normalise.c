/* When are two pieces of text the same words?
 *
 * Character by character: ASCII and Devanagari, nearly everything people send, by rules of our own; the rest
 * by ICU, one cluster (a base character and what combines with it) at a time, so that every byte of the
 * result knows where it came from. Does not know any word. */

#include "understand/normalise.h"

#include "understand/devanagari.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#define PASSES_MAX    6
#define CLUSTER_UNITS 64 /* UTF-16; a longer run of combining marks is cut: no script needs it */

struct folding {
    struct arena *arena;
    char *text;
    uint32_t *origins;
    size_t len;
    size_t capacity;
    uint32_t origin;    /* of what is being put */
    bool is_after_word; /* a blank is due before the next character, if there is one */
    uint32_t blank;     /* where that blank began */
    bool is_unsettled;  /* what was dropped may have kept its neighbours apart: fold again */
};

static void grow(struct folding *folding)
{
    size_t capacity = folding->capacity * 2;
    char *text = arena_alloc(folding->arena, capacity);
    uint32_t *origins = arena_new_array(folding->arena, uint32_t, capacity + 1);
    memcpy(text, folding->text, folding->len);
    memcpy(origins, folding->origins, folding->len * sizeof *origins);
    folding->text = text;
    folding->origins = origins;
    folding->capacity = capacity;
}

static void put_byte(struct folding *folding, char byte)
{
    if (folding->len + 8 > folding->capacity)
        grow(folding);
    folding->origins[folding->len] = folding->origin;
    folding->text[folding->len++] = byte;
}

static void put_blank(struct folding *folding)
{
    if (!folding->is_after_word)
        folding->blank = folding->origin;
    folding->is_after_word = folding->len > 0;
}

static void put_due_blank(struct folding *folding)
{
    uint32_t origin = folding->origin;
    folding->origin = folding->blank;
    put_byte(folding, ' ');
    folding->origin = origin;
    folding->is_after_word = false;
}

static void put_point(struct folding *folding, uint32_t point)
{
    if (folding->is_after_word)
        put_due_blank(folding);
    if (point < 0x80) {
        put_byte(folding, (char)point);
        return;
    }
    char bytes[4];
    size_t count = utf8_put(point, bytes);
    for (size_t i = 0; i < count; i++)
        put_byte(folding, bytes[i]);
}

/* Letters without a decomposition that people know by a plain one. */
static const struct {
    uint16_t point;
    char plain[3];
} PLAIN_LETTERS[] = {
    {0xE6, "ae"}, {0xF0, "d"},  {0xF8, "o"},   {0xFE, "th"}, {0x111, "d"}, {0x127, "h"},
    {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}, {0x167, "t"}, {0x259, "e"},
};

/* Punctuation that stands for an ASCII character; 0 for all others. */
static char punctuation(uint32_t point)
{
    switch (point) {
    case 0x60:
    case 0xB4:
    case 0x2B9:
    case 0x2BB:
    case 0x2BC:
    case 0x2BD:
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x2035:
        return '\'';
    case 0xAB:
    case 0xBB:
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0x2036:
        return '"';
    case 0x964:
    case 0x965:
    case 0x3002:
    case 0x6D4:
        return '.';
    case 0x60C:
    case 0x3001:
        return ',';
    case 0x61F:
        return '?';
    case 0x2044:
    case 0x2215:
        return '/';
    case 0x2212:
        return '-';
    default:
        return u_charType((UChar32)point) == U_DASH_PUNCTUATION ? '-' : 0;
    }
}

/* Peeks at the next code point that is not a nukta or zero-width joiner. */
static uint32_t next_visible(struct str *rest)
{
    while (rest->len > 0) {
        uint32_t point = utf8_next(rest);
        if (!devanagari_is_nukta(point) && point != 0x200C && point != 0x200D)
            return point;
    }
    return 0;
}

static void fold_devanagari(struct folding *folding, uint32_t point, struct str *rest)
{
    struct str ahead = *rest;
    if (next_visible(&ahead) == DEVANAGARI_VIRAMA) {
        struct str behind = ahead;
        uint32_t next = devanagari_plain(next_visible(&ahead));
        if (devanagari_is_anusvara(devanagari_plain(point), next)) {
            put_point(folding, DEVANAGARI_ANUSVARA);
            *rest = behind;
            return;
        }
    }
    uint32_t plain = devanagari_plain(point);
    if (plain)
        put_point(folding, plain);
}

/* Marks that are an ornament of the letter before them, not a letter of their own. */
static bool is_ornament(uint32_t point)
{
    return (point >= 0x300 && point <= 0x36F) || (point >= 0x64B && point <= 0x652) || point == 0x670 ||
           point == 0x640 || (point >= 0x1F3FB && point <= 0x1F3FF) || devanagari_is_nukta(point) ||
           u_charType((UChar32)point) == U_ENCLOSING_MARK;
}

static void put_folded_point(struct folding *folding, uint32_t point)
{
    int digit = u_charType((UChar32)point) == U_DECIMAL_DIGIT_NUMBER ? u_charDigitValue((UChar32)point) : -1;
    if (digit >= 0) {
        put_point(folding, (uint32_t)('0' + digit));
        return;
    }
    if (is_ornament(point))
        return;
    if (u_isUWhiteSpace((UChar32)point)) {
        put_blank(folding);
        return;
    }
    int8_t type = u_charType((UChar32)point);
    if (type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || type == U_SURROGATE)
        return;
    char mark = punctuation(point);
    if (mark) {
        put_point(folding, (uint32_t)mark);
        return;
    }
    if (is_devanagari(point))
        point = devanagari_plain(point);
    for (size_t i = 0; i < sizeof PLAIN_LETTERS / sizeof *PLAIN_LETTERS; i++) {
        if (PLAIN_LETTERS[i].point != point)
            continue;
        for (const char *c = PLAIN_LETTERS[i].plain; *c; c++)
            put_point(folding, (uint32_t)*c);
        return;
    }
    if (point_is_symbol(point)) {
        put_blank(folding);
        put_point(folding, point);
        folding->is_after_word = false;
        put_blank(folding);
    } else if (point) {
        put_point(folding, point);
    }
}

static const UNormalizer2 *normalizer(const UNormalizer2 *(*get)(UErrorCode *))
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *instance = get(&status);
    return U_SUCCESS(status) ? instance : NULL;
}

static int32_t normalise(const UNormalizer2 *form, UChar *units, int32_t len)
{
    UChar result[CLUSTER_UNITS * 18]; /* the longest NFKC expansion of one character */
    UErrorCode status = U_ZERO_ERROR;
    int32_t capacity = (int32_t)(sizeof result / sizeof *result);
    int32_t result_len = form ? unorm2_normalize(form, units, len, result, capacity, &status) : len;
    if (!form || U_FAILURE(status))
        return len;
    memcpy(units, result, (size_t)result_len * sizeof *units);
    return result_len;
}

static uint32_t next_unit_point(const UChar *units, int32_t *at, int32_t len)
{
    uint32_t unit = units[(*at)++];
    if ((unit & 0xFC00) != 0xD800 || *at >= len || (units[*at] & 0xFC00) != 0xDC00)
        return unit;
    return 0x10000 + ((unit & 0x3FF) << 10) + (units[(*at)++] & 0x3FFu);
}

/* A cluster by ICU: compatibility form and case, then without ornaments, then composed again. */
static void fold_cluster(struct folding *folding, UChar *units, int32_t len)
{
    int32_t second = 0;
    uint32_t first = next_unit_point(units, &second, len);
    bool is_single = second == len;
    len = normalise(normalizer(unorm2_getNFKCCasefoldInstance), units, len);
    bool is_fraction = is_single && first < 0x2190 && u_memchr(units, 0x2044, len) != NULL;
    len = normalise(normalizer(unorm2_getNFDInstance), units, len);
    int32_t kept = 0;
    for (int32_t i = 0; i < len;) {
        uint32_t point = next_unit_point(units, &i, len);
        if (!is_ornament(point))
            U16_APPEND_UNSAFE(units, kept, point);
    }
    len = normalise(normalizer(unorm2_getNFCInstance), units, kept);
    if (is_fraction) /* "6½" must not become 61/2 */
        put_blank(folding);
    for (int32_t i = 0; i < len;) {
        uint32_t point = next_unit_point(units, &i, len);
        put_folded_point(folding, point);
    }
    if (is_fraction)
        put_blank(folding);
}

/* Takes the characters that combine with `point` and folds them together. */
static void fold_other(struct folding *folding, uint32_t point, struct str *rest)
{
    folding->is_unsettled = true;
    const UNormalizer2 *form = normalizer(unorm2_getNFKCCasefoldInstance);
    UChar units[CLUSTER_UNITS * 18];
    int32_t len = 0;
    U16_APPEND_UNSAFE(units, len, (UChar32)point);
    while (rest->len > 0 && (unsigned char)rest->data[0] >= 0x80 && len < CLUSTER_UNITS - 2) {
        struct str ahead = *rest;
        uint32_t next = utf8_next(&ahead);
        if (form && unorm2_hasBoundaryBefore(form, (UChar32)next))
            break;
        U16_APPEND_UNSAFE(units, len, (UChar32)next);
        *rest = ahead;
    }
    fold_cluster(folding, units, len);
}

static void fold_ascii(struct folding *folding, unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        put_point(folding, c + 32u);
    else if (c == ' ' || (c >= '\t' && c <= '\r'))
        put_blank(folding);
    else if (c == '`')
        put_point(folding, '\'');
    else if (c > ' ' && c < 0x7F)
        put_point(folding, c);
    else
        folding->is_unsettled = true;
}

static struct folding fold_once(struct arena *arena, struct str text)
{
    struct folding folding = {.arena = arena, .capacity = text.len + text.len / 2 + 16};
    folding.text = arena_alloc(arena, folding.capacity);
    folding.origins = arena_new_array(arena, uint32_t, folding.capacity + 1);
    struct str rest = text;
    while (rest.len > 0) {
        folding.origin = (uint32_t)(text.len - rest.len);
        if ((unsigned char)rest.data[0] < 0x80) {
            fold_ascii(&folding, (unsigned char)rest.data[0]);
            rest = str_slice(rest, 1, rest.len);
            continue;
        }
        uint32_t point = utf8_next(&rest);
        if (is_devanagari(point) && !punctuation(point))
            fold_devanagari(&folding, point, &rest);
        else if (punctuation(point))
            put_point(&folding, (uint32_t)punctuation(point));
        else
            fold_other(&folding, point, &rest);
    }
    folding.origins[folding.len] = folding.is_after_word ? folding.blank : (uint32_t)text.len;
    return folding;
}

struct folded text_fold_mapped(struct arena *arena, struct str text)
{
    struct folding folding = fold_once(arena, text);
    struct folded folded = {{folding.text, folding.len}, folding.origins};
    for (int pass = 1; folding.is_unsettled && pass < PASSES_MAX; pass++) {
        folding = fold_once(arena, folded.text);
        struct str again = {folding.text, folding.len};
        if (str_eq(again, folded.text))
            break;
        for (size_t i = 0; i <= folding.len; i++)
            folding.origins[i] = folded.origins[folding.origins[i]];
        folded = (struct folded){again, folding.origins};
    }
    return folded;
}

struct str text_fold(struct arena *arena, struct str text)
{
    return text_fold_mapped(arena, text).text;
}

bool point_is_letter(uint32_t point)
{
    if (point < 0x80)
        return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
    return u_isalpha((UChar32)point) || (U_GET_GC_MASK((UChar32)point) & U_GC_M_MASK) != 0;
}

bool point_is_symbol(uint32_t point)
{
    return point >= 0x80 && (u_charType((UChar32)point) == U_OTHER_SYMBOL);
}
