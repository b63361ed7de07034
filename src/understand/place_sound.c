/* How does the name of a place sound? Devanagari is spelt in Latin letters first, as one says it. */

#include "understand/place_sound.h"

#include "understand/sound.h"

#include <string.h>

#define SOUND_LEAST 3
#define DEVANAGARI  0x0900u
#define VIRAMA      0x094Du
#define LETTERS_MAX (2 * SOUND_BYTES)
#define SILENT_A    'A' /* the vowel that a consonant carries unless another is written; often not spoken */

/* Letters of Devanagari by code point, U+0900 on, as they sound. */
static const char *const consonants[0x60] = {
    [0x15] = "k", [0x16] = "k", [0x17] = "g", [0x18] = "g", [0x19] = "n", [0x1A] = "c", [0x1B] = "c",
    [0x1C] = "j", [0x1D] = "j", [0x1E] = "n", [0x1F] = "t", [0x20] = "t", [0x21] = "d", [0x22] = "d",
    [0x23] = "n", [0x24] = "t", [0x25] = "t", [0x26] = "d", [0x27] = "d", [0x28] = "n", [0x2A] = "p",
    [0x2B] = "f", [0x2C] = "b", [0x2D] = "b", [0x2E] = "m", [0x2F] = "y", [0x30] = "r", [0x32] = "l",
    [0x33] = "l", [0x35] = "v", [0x36] = "s", [0x37] = "s", [0x38] = "s", [0x39] = "h",
};
static const char *const vowels[0x60] = {
    [0x05] = "a",  [0x06] = "a",  [0x07] = "i",  [0x08] = "i", [0x09] = "u", [0x0A] = "u",
    [0x0B] = "ri", [0x0F] = "e",  [0x10] = "ai", [0x11] = "o", [0x13] = "o", [0x14] = "o",
    [0x3E] = "a",  [0x3F] = "i",  [0x40] = "i",  [0x41] = "u", [0x42] = "u", [0x43] = "ri",
    [0x47] = "e",  [0x48] = "ai", [0x49] = "o",  [0x4B] = "o", [0x4C] = "o",
};
#define FIRST_VOWEL_SIGN 0x3Eu
#define NASAL_FIRST      0x01u
#define NASAL_LAST       0x02u

struct spelling {
    char letters[LETTERS_MAX];
    size_t len;
};

static bool is_vowel(char letter)
{
    return letter && strchr("aeiouA", letter);
}

static void spell(struct spelling *word, const char *letters)
{
    for (; *letters && word->len < LETTERS_MAX; letters++)
        word->letters[word->len++] = *letters;
}

/* One letter of Devanagari; false: it is none of a name's. */
static bool spell_point(struct spelling *word, uint32_t point)
{
    uint32_t at = point - DEVANAGARI;
    bool has_silent = word->len > 0 && word->letters[word->len - 1] == SILENT_A;
    if (point < DEVANAGARI || at >= 0x60)
        return false;
    if (has_silent && (point == VIRAMA || (at >= FIRST_VOWEL_SIGN && vowels[at])))
        word->len--;
    if (consonants[at]) {
        spell(word, consonants[at]);
        spell(word, (const char[]){SILENT_A, '\0'});
    } else if (vowels[at]) {
        spell(word, vowels[at]);
    } else if (at >= NASAL_FIRST && at <= NASAL_LAST) {
        spell(word, "n");
    }
    return true;
}

/* The silent vowel falls at a word's end, and between a spoken vowel with one consonant and a consonant with
 * a vowel: ja-ba-l(a)-pu-r(a). From the end, as each that falls decides over the one before it. */
static void drop_silent(struct spelling *word)
{
    for (size_t at = word->len; at-- > 0;) {
        char *letters = word->letters;
        if (letters[at] != SILENT_A)
            continue;
        bool is_last = at + 1 == word->len && at > 1;
        bool is_between = at >= 2 && at + 2 < word->len && is_vowel(letters[at - 2]) &&
                          !is_vowel(letters[at - 1]) && !is_vowel(letters[at + 1]) &&
                          is_vowel(letters[at + 2]);
        letters[at] = 'a';
        if (is_last || is_between) {
            memmove(letters + at, letters + at + 1, word->len - at - 1);
            word->len--;
        }
    }
}

/* A nasal before b and p is said m; a y after a is said i at the end: रायबरेली, बेगूसराय. */
static void join_sounds(struct spelling *word)
{
    for (size_t at = 0; at + 1 < word->len; at++) {
        if (word->letters[at] == 'n' && (word->letters[at + 1] == 'b' || word->letters[at + 1] == 'p'))
            word->letters[at] = 'm';
    }
    if (word->len > 2 && word->letters[word->len - 1] == 'y' && word->letters[word->len - 2] == 'a')
        word->letters[word->len - 1] = 'i';
}

/* The next word in Latin letters; false: a letter of another script, or more of them than a name has. */
static bool spell_word(struct str folded, struct spelling *word)
{
    bool is_latin = false;
    *word = (struct spelling){0};
    while (folded.len > 0) {
        uint32_t point = utf8_next(&folded);
        is_latin = point >= 'a' && point <= 'z';
        if (is_latin)
            spell(word, (const char[]){(char)point, '\0'});
        else if (point != '.' && point != '\'' && point != '-' && !spell_point(word, point))
            return false;
        if (word->len == LETTERS_MAX)
            return false;
    }
    drop_silent(word);
    if (!is_latin)
        join_sounds(word);
    return true;
}

struct str place_sound(struct str folded, struct arena *arena)
{
    struct spelling whole = {0};
    struct spelling word;
    for (struct str part; str_cut(&folded, ' ', &part);) {
        if (!spell_word(part, &word) || whole.len + word.len >= LETTERS_MAX)
            return (struct str){0};
        memcpy(whole.letters + whole.len, word.letters, word.len);
        whole.len += word.len;
    }
    char sound[SOUND_BYTES];
    size_t len = sound_of((struct str){whole.letters, whole.len}, sound);
    return len < SOUND_LEAST ? (struct str){0} : arena_copy(arena, (struct str){sound, len});
}

/* `before` + letter (none when it is NUL) + `after` */
static void put_slip(struct buf *slips, struct str before, char letter, struct str after)
{
    buf_put_char(slips, ' ');
    buf_put(slips, before);
    if (letter)
        buf_put_char(slips, letter);
    buf_put(slips, after);
}

/* Letters put in at `at`, or put there instead of the one that is: never one beside its like, for no sound
 * has two of a kind in a row. */
static void put_letters(struct buf *slips, struct str sound, size_t at)
{
    static const char letters[] = "abcdefghijklmnoprstuvxy"; /* q, w and z sound like others */
    struct str before = str_slice(sound, 0, at), rest = str_slice(sound, at, sound.len);
    char left = sound.data[at - 1], here = rest.len > 0 ? rest.data[0] : '\0';
    char right = rest.len > 1 ? rest.data[1] : '\0';
    for (const char *letter = letters; *letter; letter++) {
        if (*letter == left || *letter == here)
            continue;
        put_slip(slips, before, *letter, rest);
        if (here && *letter != right)
            put_slip(slips, before, *letter, str_slice(rest, 1, rest.len));
    }
}

struct str place_sound_slips(struct str sound, struct arena *arena)
{
    struct buf slips = {.arena = arena};
    buf_put(&slips, sound);
    for (size_t at = 0; at <= sound.len; at++) {
        struct str before = str_slice(sound, 0, at), rest = str_slice(sound, at, sound.len);
        if (rest.len > 0)
            put_slip(&slips, before, '\0', str_slice(rest, 1, rest.len));
        if (rest.len > 1) {
            struct str start = arena_printf(arena, "%.*s%c", STR_ARG(before), rest.data[1]);
            put_slip(&slips, start, rest.data[0], str_slice(rest, 2, rest.len));
        }
        if (at > 0)
            put_letters(&slips, sound, at);
    }
    return buf_str(&slips);
}

int place_sound_slip_count(struct str sound, struct str name)
{
    int most = sound.len < 4 ? 0 : sound.len < 8 ? 1 : sound.len < 11 ? 2 : 3;
    int slips = edit_distance(sound, name, most);
    return slips > most ? -1 : slips;
}
