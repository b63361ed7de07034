/* Does this person want to hear from us at all? Asked before the flow sees anything.
 *
 * Where the provider acts on STOP and START itself (SMS), those words alone are answered by it and not by us:
 * what we said to somebody whom it has blocked would come back as an error. How it takes "Stop." is not
 * told, so punctuation makes no difference to us either; a sentence ("STOP please") it lets pass, and our
 * farewell answers that. YES and UNSTOP opt in only someone who is out; to anyone else they are ordinary
 * answers. HELP and INFO have an answer at any time, also before the conversation and after its end: carriers
 * ask for it. */

#include "talk/turn.h"

#include <ctype.h>

static const struct str stop_words[] = {STR_INIT("STOP"),   STR_INIT("STOPALL"), STR_INIT("UNSUBSCRIBE"),
                                        STR_INIT("CANCEL"), STR_INIT("END"),     STR_INIT("QUIT"),
                                        STR_INIT("REVOKE"), STR_INIT("OPTOUT")};
static const struct str start_words[] = {STR_INIT("START"), STR_INIT("UNSTOP"), STR_INIT("YES")};
static const struct str help_words[] = {STR_INIT("HELP"), STR_INIT("INFO")};

#define IS_ONE_OF(text, words) is_one_of((text), (words), sizeof(words) / sizeof *(words))

static bool is_one_of(struct str text, const struct str words[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(text, words[i]))
            return true;
    return false;
}

static bool is_edge(char c)
{
    return isspace((unsigned char)c) || ispunct((unsigned char)c);
}

/* "Stop." and "'stop' !" are the word alone. */
static struct str bare(struct str text)
{
    struct str word = text;
    while (word.len && is_edge(word.data[word.len - 1]))
        word.len--;
    while (word.len && is_edge(word.data[0]))
        word = str_slice(word, 1, word.len);
    return word;
}

bool opt_out_is_word(struct str text)
{
    struct str word = bare(text);
    return IS_ONE_OF(word, stop_words) || IS_ONE_OF(word, help_words);
}

static bool stay_silent(struct turn *turn, enum turn_kind kind)
{
    turn->out->kind = kind;
    return true;
}

static bool opt_out(struct turn *turn, bool is_silent)
{
    turn->out->opts_out = true;
    turn->out->kind = TURN_COMMANDED;
    if (!is_silent)
        turn_say(turn, turn_words(turn, "opt_out.done", NULL));
    return true;
}

/* Back again: the question that was open when they left. */
static bool opt_in(struct turn *turn)
{
    turn->out->opts_in = true;
    turn->out->kind = TURN_COMMANDED;
    if (turn->out->next.status == SESSION_STARTED && !desk_is_silent(turn)) {
        turn_begin(turn);
        return true;
    }
    turn_lead(turn, turn_words(turn, "opt_in.done", NULL));
    if (desk_is_silent(turn))
        desk_still(turn);
    else
        ask_again(turn);
    return true;
}

static bool settle_outsider(struct turn *turn, struct str word)
{
    bool is_back = IS_ONE_OF(word, start_words) ||
                   (!turn->input->has_provider_words && turn->command.command == COMMAND_START);
    return is_back ? opt_in(turn) : stay_silent(turn, TURN_IGNORED);
}

bool opt_out_settles(struct turn *turn)
{
    const struct input *input = turn->input;
    struct str word = bare(turn->text);
    if (str_eq_nocase(input->provider_opt_out, STR("STOP")))
        return opt_out(turn, true);
    if (str_eq_nocase(input->provider_opt_out, STR("START")) && input->is_opted_out)
        return opt_in(turn);
    if (str_eq_nocase(input->provider_opt_out, STR("HELP")))
        return stay_silent(turn, TURN_COMMANDED);
    if (input->kind != INPUT_WORDS)
        return input->is_opted_out && stay_silent(turn, TURN_IGNORED);
    if (input->has_provider_words && IS_ONE_OF(word, stop_words))
        return opt_out(turn, true);
    if (input->is_opted_out)
        return settle_outsider(turn, word);
    if (turn->command.command == COMMAND_STOP)
        return opt_out(turn, false);
    /* Of this word too little is worse than twice: "help!" is answered, whatever the provider makes of it. */
    bool is_help = input->has_provider_words && IS_ONE_OF(str_trim(turn->text), help_words);
    if (is_help && input->provider_answers_help)
        return stay_silent(turn, TURN_COMMANDED);
    if (is_help)
        command_introduce(turn);
    return is_help;
}
