/* Is this a command? Only where every word belongs to one: "please stop messaging me" is, "stop by my house"
 * isn't. */

#include "understand/heard.h"

#define PARTS_MAX     (COMBINED_MAX * COMBINED_PARTS_MAX)
#define PARTS_KINDS   (COMMAND_DELETE_DATA + 1)
#define STRANGERS_MAX 1 /* beside a combined command: "stop sending me those stupid messages" */

struct commands_heard {
    bool commands[PARTS_KINDS];
    bool parts[PARTS_MAX]; /* parts of combined commands that were heard */
    struct str language;
    bool has_filler;
    unsigned loose[PARTS_KINDS]; /* words that mean something only as a part of such a command */
    size_t loose_parts;
    size_t strangers;
    bool is_combined[PARTS_KINDS];
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

static enum command command_of_part(const struct lexicon *lexicon, int part)
{
    for (size_t i = 0; i < lexicon->combined_count; i++) {
        const struct combined_command *combined = &lexicon->combined[i];
        for (size_t j = 0; j < combined->count; j++)
            if (combined->parts[j] == part)
                return combined->command;
    }
    return COMMAND_NONE;
}

/* A part that may stay alone beside a command of its own kind ("transfer me to an operator"). */
static void note_loose(const struct heard *heard, size_t at, size_t len, struct commands_heard *found)
{
    bool is_of[PARTS_KINDS] = {0};
    for (size_t i = 0; i < MATCHES_MAX && heard->matches[at][i].len > 0; i++) {
        if (heard->matches[at][i].len != len)
            continue;
        for (const struct sense *sense = heard->matches[at][i].senses; sense; sense = sense->next)
            if (sense->class == WORD_COMMAND_PART)
                is_of[command_of_part(heard->lexicon, sense->value)] = true;
    }
    for (size_t kind = 0; kind < PARTS_KINDS; kind++)
        found->loose[kind] += is_of[kind];
    found->loose_parts++;
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
        note_loose(heard, at, longest, found);
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
            found->commands[combined->command] = found->is_combined[combined->command] = true;
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

/* A word we know nothing of; what we know says what the talk is about instead. */
static bool is_stranger(const struct heard *heard, size_t at)
{
    return heard->list[at].kind == TOKEN_WORD && !heard_is(heard, at, WORD_NOT_COMMAND);
}

/* Nothing that was said speaks against it. */
static bool is_plain(const struct commands_heard *found, enum command command)
{
    /* What these ask for takes two words that seldom meet by accident. */
    bool is_outspoken = found->is_combined[command] && (command == COMMAND_STOP || command == COMMAND_AGENT ||
                                                        command == COMMAND_DELETE_DATA);
    if (found->strangers > (is_outspoken ? STRANGERS_MAX : 0))
        return false;
    /* Deleting asks before it acts. */
    return found->loose[command] == found->loose_parts || found->loose_parts == 0 ||
           command == COMMAND_DELETE_DATA;
}

/* "Are you a human?" asks what we are; it is no wish for one. */
static bool asks_who(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    return str_eq(understand_asked(lexicon, said, arena), STR("who"));
}

struct commanded understand_command(const struct lexicon *lexicon, const struct utterance *said,
                                    struct arena *arena)
{
    struct heard heard = hear_closely(lexicon, said, arena);
    if (said->hearing == HEARD_KEYPAD)
        return hear_keypad(&heard);
    if (!heard_has(&heard, WORD_COMMAND) && !heard_has(&heard, WORD_LANGUAGE) &&
        !heard_has(&heard, WORD_COMMAND_PART))
        return (struct commanded){.command = COMMAND_NONE};
    struct commands_heard found = {0};
    for (size_t at = 0; at < heard.count;) {
        size_t len = take(&heard, at, &found);
        bool is_word = heard.list[at].kind == TOKEN_WORD || heard.list[at].kind == TOKEN_NUMBER;
        if (len == 0 && is_word && !is_stranger(&heard, at))
            return (struct commanded){.command = COMMAND_NONE};
        found.strangers += len == 0 && is_word;
        at += len > 0 ? len : 1;
    }
    combine(lexicon, &found);
    struct commanded commanded = {.command = choose(&found)};
    if (!is_plain(&found, commanded.command) ||
        (commanded.command == COMMAND_AGENT && asks_who(lexicon, said, arena)))
        commanded.command = COMMAND_NONE;
    commanded.is_bare = commanded.command != COMMAND_NONE && !found.has_filler && found.strangers == 0;
    if (commanded.command == COMMAND_LANGUAGE)
        commanded.language = found.language;
    return commanded;
}
