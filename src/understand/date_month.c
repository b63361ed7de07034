/* Which month does this word name? By name, by a name misspelt, or behind the ending of its day ("4thJuly").
 */

#include "understand/date_parts.h"
#include "understand/sound.h"

#define FUZZY_LETTERS 5 /* shorter words are too like other words */

/* "agst", "sptmbr": the same letters but for the vowels after the first. */
static bool is_shorthand(struct str word, struct str name)
{
    size_t at = 0;
    for (size_t i = 0; i < name.len; i++) {
        bool is_same = at < word.len && word.data[at] == name.data[i];
        at += is_same;
        if (!is_same && (i == 0 || str_find_char(STR("aeiou"), name.data[i]) == STR_NONE))
            return false;
    }
    return at == word.len;
}

static bool is_slip(struct str word, struct str name)
{
    bool is_latin = (unsigned char)word.data[0] < 0x80; /* elsewhere a letter is several bytes */
    if (!is_latin || name.len < FUZZY_LETTERS || name.data[0] != word.data[0])
        return false;
    int most = name.len >= 8 ? 2 : 1;
    bool is_near = word.len >= FUZZY_LETTERS && edit_distance(word, name, most) <= most;
    return is_near || (word.len >= FUZZY_LETTERS - 1 && is_shorthand(word, name));
}

static int month_named(const struct heard *heard, struct str name)
{
    const struct word *word =
        words_find(&heard->lexicon->words, name, lexicon_hash(LEXICON_HASH_START, name));
    for (const struct sense *sense = word ? word->senses : NULL; sense; sense = sense->next) {
        if (sense->class == WORD_MONTH)
            return sense->value;
    }
    return 0;
}

static bool is_ordinal_ending(const struct heard *heard, struct str letters)
{
    const struct word *word =
        words_find(&heard->lexicon->words, letters, lexicon_hash(LEXICON_HASH_START, letters));
    for (const struct sense *sense = word ? word->senses : NULL; sense; sense = sense->next) {
        if (sense->class == WORD_ORDINAL_ENDING)
            return true;
    }
    return false;
}

/* "4thJuly1976": the day's ending and the month in one word; 0 for any other word. */
static int month_behind_ending(const struct heard *heard, size_t at)
{
    struct str text = heard->list[at].text;
    if (at == 0 || !heard->list[at].is_glued || !heard_is_number(heard, at - 1))
        return 0;
    for (size_t ending = 2; ending <= 3 && ending < text.len; ending++) {
        if (is_ordinal_ending(heard, str_slice(text, 0, ending)))
            return month_named(heard, str_slice(text, ending, text.len));
    }
    return 0;
}

/* The first of the names that begin with that letter, or beyond. */
static const struct number_name *names_from(const struct lexicon *lexicon, char letter)
{
    size_t from = 0, to = lexicon->month_name_count;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if ((unsigned char)lexicon->month_names[middle].name.data[0] < (unsigned char)letter)
            from = middle + 1;
        else
            to = middle;
    }
    return &lexicon->month_names[from];
}

/* The month whose name, and no other's, is one slip away; a slip leaves the first letter as it is. */
static bool slip_of_month(const struct heard *heard, struct str typed, int *month)
{
    int found = 0;
    const struct number_name *name = names_from(heard->lexicon, typed.data[0]);
    const struct number_name *end = heard->lexicon->month_names + heard->lexicon->month_name_count;
    for (; name < end && name->name.data[0] == typed.data[0]; name++) {
        if (!is_slip(typed, name->name))
            continue;
        if (found && found != name->number)
            return false;
        found = name->number;
    }
    *month = found;
    return found != 0;
}

/* A month by its name, or one slip away from exactly one month's name. */
size_t date_month_at(const struct heard *heard, size_t at, int *month)
{
    const struct sense *sense;
    size_t len = heard_phrase(heard, at, WORD_MONTH, &sense);
    if (len > 0) {
        *month = sense->value;
        return len;
    }
    const struct token *token = &heard->list[at];
    if (token->kind != TOKEN_WORD || heard_is_known(heard, at))
        return 0;
    *month = month_behind_ending(heard, at);
    return *month || slip_of_month(heard, token->text, month) ? 1 : 0;
}

bool date_names_month(const struct heard *heard)
{
    int month;
    for (size_t at = 0; at < heard->count; at++) {
        if (heard_is(heard, at, WORD_LINK) == 0 && date_month_at(heard, at, &month) > 0)
            return true;
    }
    return false;
}
