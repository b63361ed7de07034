/* Is this a command? Only where every word belongs to one: "please stop messaging me" is, "stop by my house"
 * isn't. */

#include "understand/heard.h"

#define PARTS_MAX 1024

struct commands_heard {
    bool commands[COMMAND_DELETE_DATA + 1];
    bool parts[PARTS_MAX]; /* parts of combined commands that were heard */
    struct str language;
    bool has_filler;
    size_t loose_parts; /* words that mean something only as a part of a combined command */
};

static void note_parts(const struct heard *heard, size_t at, size_t len, struct commands_heard *found)
{
    for (size_t i = 0; i < MATCHES_MAX && heard->matches[at][i].len > 0; i++) {
        if (heard->matches[at][i].len != len)
            continue;
        for (const struct sense *sense = heard->matches[at][i].senses; sense; sense = sense->next) {
            if (sense->class == WORD_COMMAND_PART && sense->value < PARTS_MAX)
                found->parts[sense->value] = true;
        }
    }
}

static size_t longest_of(const size_t *lengths, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++)
        longest = lengths[i] > longest ? lengths[i] : longest;
    return longest;
}

/* Takes the phrase at the token into account; 0 when it belongs to no command. */
static size_t take(const struct heard *heard, size_t at, struct commands_heard *found)
{
    const struct sense *command, *language, *ignored;
    size_t command_len = heard_phrase(heard, at, WORD_COMMAND, &command);
    size_t language_len = heard_phrase(heard, at, WORD_LANGUAGE, &language);
    size_t part_len = heard_phrase(heard, at, WORD_COMMAND_PART, &ignored);
    size_t filler = heard_is(heard, at, WORD_COMMAND_FILLER), polite = heard_is(heard, at, WORD_FILLER);
    filler = filler > polite ? filler : polite;
    size_t longest = longest_of((size_t[]){command_len, language_len, part_len, filler}, 4);
    if (heard_is(heard, at, WORD_NOT_COMMAND) >= longest && heard_is(heard, at, WORD_NOT_COMMAND) > 0)
        return 0;
    if (part_len == longest)
        note_parts(heard, at, part_len, found);
    if (command_len == longest && longest > 0) {
        found->commands[command->value] = true;
    } else if (language_len == longest && longest > 0) {
        found->commands[COMMAND_LANGUAGE] = true;
        found->language = language->text;
    } else if (part_len == longest && filler < longest) {
        found->loose_parts++;
    } else {
        found->has_filler = found->has_filler || filler > 0;
    }
    return longest;
}

static void combine(const struct lexicon *lexicon, struct commands_heard *found)
{
    for (size_t i = 0; i < lexicon->combined_count; i++) {
        const struct combined_command *combined = &lexicon->combined[i];
        size_t heard = 0;
        while (heard < combined->count && combined->parts[heard] < PARTS_MAX &&
               found->parts[combined->parts[heard]])
            heard++;
        if (heard == combined->count) {
            found->commands[combined->command] = true;
            found->loose_parts = 0;
        }
    }
}

/* Where several were named, the one with the most at stake: it asks before it acts. */
static enum command choose(const struct commands_heard *found)
{
    static const enum command order[] = {COMMAND_DELETE_DATA, COMMAND_STOP, COMMAND_RESTART, COMMAND_LANGUAGE,
                                         COMMAND_AGENT,       COMMAND_BACK, COMMAND_STATUS,  COMMAND_START,
                                         COMMAND_HELP,        COMMAND_BOT};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (found->commands[order[i]])
            return order[i];
    }
    return COMMAND_NONE;
}

static struct commanded hear_keypad(const struct heard *heard)
{
    size_t count = heard->count;
    while (count > 1 && heard_is_mark(heard, count - 1, '#'))
        count--;
    struct commanded commanded = {.is_bare = true};
    if (count == 1 && heard_is_number(heard, 0) && str_eq(heard->list[0].text, STR("0")))
        commanded.command = COMMAND_AGENT;
    else if (count == 1 && heard_is_mark(heard, 0, '*'))
        commanded.command = COMMAND_BACK;
    else
        commanded.is_bare = false;
    return commanded;
}

struct commanded understand_command(const struct lexicon *lexicon, const struct utterance *said,
                                    struct arena *arena)
{
    struct heard heard = hear_closely(lexicon, said, arena);
    if (said->hearing == HEARD_KEYPAD)
        return hear_keypad(&heard);
    struct commands_heard found = {0};
    for (size_t at = 0; at < heard.count;) {
        size_t len = take(&heard, at, &found);
        if (len == 0 && (heard.list[at].kind == TOKEN_MARK || heard.list[at].kind == TOKEN_SYMBOL))
            len = 1;
        if (len == 0)
            return (struct commanded){.command = COMMAND_NONE};
        at += len;
    }
    combine(lexicon, &found);
    struct commanded commanded = {.command = choose(&found)};
    if (found.loose_parts > 0 && commanded.command != COMMAND_DELETE_DATA) /* which asks before it acts */
        commanded.command = COMMAND_NONE;
    commanded.is_bare = commanded.command != COMMAND_NONE && !found.has_filler;
    if (commanded.command == COMMAND_LANGUAGE)
        commanded.language = found.language;
    return commanded;
}
