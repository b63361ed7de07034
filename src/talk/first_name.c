/* What does one call somebody of that name? */

#include "talk/telling.h"
#include "understand/lexicon.h"
#include "understand/normalise.h"

#include <string.h>

#define WORD_BYTES    24 /* of an honorific */
#define FIRST_POINTS  20 /* longer ones are no name to greet by */
#define SHOUTED_BYTES 4  /* from here on capitals only are no initials */

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* "Dr.", "Prof", "डॉ": belongs to the name, but nobody is called so. */
static bool is_honorific(const struct telling *telling, struct str word)
{
    if (str_ends(word, STR(".")))
        word.len--;
    if (word.len == 0 || word.len > WORD_BYTES)
        return false;
    struct str key = text_fold(telling->arena, word);
    const struct word *found =
        words_find(&telling->lexicon->words, key, lexicon_hash(LEXICON_HASH_START, key));
    for (const struct sense *sense = found ? found->senses : NULL; sense; sense = sense->next)
        if (sense->class == WORD_HONORIFIC)
            return true;
    return false;
}

/* "K", "A.P.J.": letters by themselves. */
static bool is_initials(struct str word)
{
    size_t letters = 0;
    while (word.len > 0) {
        letters = utf8_next(&word) == '.' ? 0 : letters + 1;
        if (letters > 1)
            return false;
    }
    return true;
}

/* "asha" and "RAMESH" as one writes them; what is written with care stays. */
static struct str with_capital(const struct telling *telling, struct str word)
{
    size_t capitals = 0, small = 0;
    for (size_t i = 0; i < word.len; i++) {
        capitals += is_capital(word.data[i]);
        small += is_small(word.data[i]);
    }
    bool is_shouted = capitals == word.len && word.len >= SHOUTED_BYTES;
    if (small != word.len && !is_shouted)
        return word;
    char *letters = arena_alloc(telling->arena, word.len);
    for (size_t i = 0; i < word.len; i++)
        letters[i] = (char)(i == 0 ? word.data[i] & ~0x20 : word.data[i] | 0x20);
    return (struct str){letters, word.len};
}

struct str tell_first_name(const struct telling *telling, struct str name)
{
    struct str rest = str_trim(name), first = {0}, word;
    while (str_cut(&rest, ' ', &word)) {
        if (word.len == 0 || is_honorific(telling, word) || is_initials(word))
            continue;
        first = word;
        while (first.len > 0 && strchr(",;:", first.data[first.len - 1])) /* "Rao, Asha" */
            first.len--;
        break;
    }
    return utf8_length(first) <= FIRST_POINTS ? with_capital(telling, first) : (struct str){0};
}
