/* Which spellings do people use for one spoken word, and which slips do their fingers make? */

#include "understand/sound.h"

#include <string.h>

#define EDIT_LETTERS 24

#define ALIKE_MAX 3

/* Groups of letters that sound alike, by their first, tried from the left; what is not listed stands for
 * itself. */
static const struct {
    struct str letters;
    struct str sound;
} SOUNDS['z' - 'a' + 1][ALIKE_MAX] = {
#define ALIKE(letters, sound)                                                                                \
    {                                                                                                        \
        STR_INIT(letters), STR_INIT(sound)                                                                   \
    }
    ['a' - 'a'] = {ALIKE("aa", "a"), ALIKE("au", "o")},
    ['b' - 'a'] = {ALIKE("bh", "b")},
    ['c' - 'a'] = {ALIKE("chh", "c"), ALIKE("ch", "c"), ALIKE("ck", "k")},
    ['d' - 'a'] = {ALIKE("dh", "d")},
    ['e' - 'a'] = {ALIKE("ee", "i")},
    ['g' - 'a'] = {ALIKE("gh", "g")},
    ['i' - 'a'] = {ALIKE("ii", "i")},
    ['j' - 'a'] = {ALIKE("jh", "j")},
    ['k' - 'a'] = {ALIKE("ksh", "ks"), ALIKE("kh", "k")},
    ['o' - 'a'] = {ALIKE("oo", "u"), ALIKE("ou", "o"), ALIKE("ow", "o")},
    ['p' - 'a'] = {ALIKE("ph", "f")},
    ['q' - 'a'] = {ALIKE("q", "k")},
    ['r' - 'a'] = {ALIKE("rh", "r")},
    ['s' - 'a'] = {ALIKE("sh", "s")},
    ['t' - 'a'] = {ALIKE("th", "t")},
    ['u' - 'a'] = {ALIKE("uu", "u")},
    ['w' - 'a'] = {ALIKE("w", "v")},
    ['z' - 'a'] = {ALIKE("z", "j")},
#undef ALIKE
};

static bool is_ascii_word(struct str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < 'a' || word.data[i] > 'z')
            return false;
    }
    return word.len > 0;
}

/* Letters to skip of "yeees", "haaaan": three or more of one count as one. */
static size_t drawn_out(struct str rest)
{
    size_t same = 1;
    while (same < rest.len && rest.data[same] == rest.data[0])
        same++;
    return same >= 3 ? same - 1 : 0;
}

/* Long vowels as short ones, the sibilants as one; 0: not heard (nasals, dots, silenced vowels). */
static uint32_t devanagari_sound(uint32_t point)
{
    static const struct {
        uint32_t letter, sound;
    } alike[] = {{0x901, 0},     {0x902, 0},     {0x903, 0},     {0x93C, 0},
                 {0x94D, 0},     {0x908, 0x907}, {0x90A, 0x909}, {0x910, 0x90F},
                 {0x914, 0x913}, {0x923, 0x928}, {0x936, 0x938}, {0x937, 0x938},
                 {0x940, 0x93F}, {0x942, 0x941}, {0x948, 0x947}, {0x94C, 0x94B}};
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        if (alike[i].letter == point)
            return alike[i].sound;
    return point;
}

static size_t sound_of_devanagari(struct str word, char out[static SOUND_BYTES])
{
    size_t len = 0, sounds = 0;
    for (uint32_t last = 0; word.len > 0 && len + 3 <= SOUND_BYTES;) {
        uint32_t point = utf8_next(&word);
        if (point < 0x900 || point > 0x97F)
            return 0;
        uint32_t sound = devanagari_sound(point);
        if (sound == 0 || sound == last)
            continue;
        out[len++] = (char)0xE0;
        out[len++] = (char)(0x80 | (sound >> 6 & 0x3F));
        out[len++] = (char)(0x80 | (sound & 0x3F));
        last = sound;
        sounds++;
    }
    return sounds >= 2 ? len : 0;
}

size_t sound_of(struct str word, char out[static SOUND_BYTES])
{
    if (word.len > 0 && (unsigned char)word.data[0] == 0xE0)
        return sound_of_devanagari(word, out);
    if (word.len >= SOUND_BYTES || !is_ascii_word(word))
        return 0;
    size_t len = 0;
    for (size_t at = 0; at < word.len;) {
        at += drawn_out(str_slice(word, at, word.len));
        struct str rest = str_slice(word, at, word.len);
        struct str sound = str_slice(rest, 0, 1);
        size_t taken = 1;
        size_t first = (size_t)(rest.data[0] - 'a');
        for (size_t i = 0; i < ALIKE_MAX && SOUNDS[first][i].letters.len > 0; i++) {
            struct str letters = SOUNDS[first][i].letters;
            if (!str_starts(rest, letters))
                continue;
            sound = SOUNDS[first][i].sound;
            taken = letters.len;
            break;
        }
        for (size_t i = 0; i < sound.len; i++) {
            if (len == 0 || out[len - 1] != sound.data[i])
                out[len++] = sound.data[i];
        }
        at += taken;
    }
    if (len > 2 && out[len - 1] == 'h')
        len--;
    return len;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

int edit_distance(struct str a, struct str b, int most)
{
    if (a.len > EDIT_LETTERS || b.len > EDIT_LETTERS)
        return most + 1;
    size_t difference = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (difference > (size_t)most)
        return most + 1;
    int rows[EDIT_LETTERS + 1][EDIT_LETTERS + 1];
    for (size_t i = 0; i <= a.len; i++)
        rows[i][0] = (int)i;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a.len; i++) {
        for (size_t j = 1; j <= b.len; j++) {
            int replaced = rows[i - 1][j - 1] + (a.data[i - 1] != b.data[j - 1]);
            int cost = least(replaced, least(rows[i - 1][j], rows[i][j - 1]) + 1);
            bool is_swap = i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            rows[i][j] = is_swap ? least(cost, rows[i - 2][j - 2] + 1) : cost;
        }
    }
    return least(rows[a.len][b.len], most + 1);
}
