/* A person was asked for, and somebody at the dashboard answers: what does the bot still do?
 *
 * It is silent: what the person says is theirs to answer, and only recorded here. Deleting, stopping, HELP
 * and the word that calls the bot back work as ever. Nobody came in time: it says so once and offers to go
 * on. Outside their hours the wish is noted and the bot goes on, until somebody answers. A call can't be
 * joined: the caller is told that somebody will text them, and the conversation waits there. */

#include "talk/turn.h"

bool desk_is_silent(const struct turn *turn)
{
    enum desk_state state = turn->memory.desk.state;
    return state == DESK_AWAITED || state == DESK_TAKEN;
}

void desk_still(struct turn *turn)
{
    turn->out->kind = TURN_COMMANDED;
    turn_say(turn, turn_words(turn, "desk.still", NULL));
}

/* ---- Somebody is called for ---- */

static struct str away_words(struct turn *turn)
{
    const struct staff *staff = turn->input->staff;
    for (size_t i = 0; i < staff->away_count; i++)
        if (str_eq(staff->away[i].language, turn->out->next.language))
            return staff->away[i].text;
    return turn_words(turn, "desk.away", NULL);
}

/* The ticket goes on by text message, and so does the conversation. */
static void text_caller(struct turn *turn)
{
    turn_say(turn, turn_words(turn, "desk.texts", NULL));
    turn->manner = MANNER_WRITTEN;
    turn->out->texts = true;
    turn->out->text_message = (struct outbound){
        .text = turn_words(turn, "desk.asked", NULL),
        .language = turn->out->next.language,
    };
    turn->manner = MANNER_SPOKEN;
    turn->memory.presence.is_handed_over = true;
}

static void fall_silent(struct turn *turn, enum desk_state state)
{
    struct desk_memory *desk = &turn->memory.desk;
    if (!desk_is_silent(turn))
        desk->below = turn->memory.asking;
    desk->state = state;
    desk->excuse_ms = 0;
}

bool desk_asks(struct turn *turn)
{
    const struct input *input = turn->input;
    struct desk_memory *desk = &turn->memory.desk;
    if (!input->staff || (input->caller && !input->caller->can_be_texted))
        return false;
    turn->out->ticket = TICKET_OPENED;
    if (!input->staff->is_open) {
        desk->state = DESK_NOTED;
        turn_lead(turn, away_words(turn));
        ask_again(turn);
        return true;
    }
    fall_silent(turn, DESK_AWAITED);
    desk->excuse_ms = input->now_ms + input->staff->patience_ms;
    turn->memory.presence.wakes_ms = desk->excuse_ms;
    turn->out->wakes_at_ms = desk->excuse_ms;
    if (input->caller)
        text_caller(turn);
    else
        turn_say(turn, turn_words(turn, "desk.asked", NULL));
    return true;
}

/* ---- The bot is back ---- */

static void leave(struct turn *turn)
{
    enum asking asking = turn->memory.asking;
    if (asking == ASKING_DELETE || asking == ASKING_DESK)
        turn->memory.asking = turn->memory.desk.below;
    turn->memory.desk = (struct desk_memory){0};
    turn->memory.misses = 0;
    turn->out->ticket = TICKET_CLOSED;
    if (turn->out->kind == TURN_IGNORED)
        turn->out->kind = TURN_COMMANDED;
}

/* With the question that was open when it fell silent. */
static void resume(struct turn *turn)
{
    leave(turn);
    turn_lead(turn, turn_words(turn, "desk.back", NULL));
    if (turn->input->caller && turn_is_at_rest(turn))
        call_rest(turn);
    else if (turn->out->next.status == SESSION_STARTED && turn->memory.asking == ASKING_NOTHING)
        turn_begin(turn);
    else
        ask_again(turn);
}

static void wait_on(struct turn *turn)
{
    turn->memory.asking = turn->memory.desk.below;
    turn->out->kind = TURN_COMMANDED;
    turn_say(turn, turn_words(turn, turn->input->caller ? "desk.texts" : "desk.wait", NULL));
}

void desk_wake(struct turn *turn)
{
    struct desk_memory *desk = &turn->memory.desk;
    int64_t now_ms = turn->input->now_ms;
    bool is_awaited = desk->state == DESK_AWAITED && desk->excuse_ms != 0;
    turn->out->kind = TURN_IGNORED;
    turn->memory.presence.wakes_ms = 0;
    if (!is_awaited || turn->input->is_opted_out)
        return;
    if (now_ms < desk->excuse_ms) {
        turn->memory.presence.wakes_ms = desk->excuse_ms;
        turn->out->wakes_at_ms = desk->excuse_ms;
        return;
    }
    desk->excuse_ms = 0;
    turn->out->kind = TURN_COMMANDED;
    ask_over(turn, ASKING_DESK);
}

/* ---- What the person says meanwhile ---- */

static void take_offer(struct turn *turn, bool goes_on)
{
    if (turn->memory.asking == ASKING_DELETE && goes_on)
        erase_agreed(turn);
    else if (turn->memory.asking == ASKING_DESK && goes_on)
        resume(turn);
    else if (turn->memory.asking == ASKING_DESK)
        wait_on(turn);
    else {
        turn->memory.asking = turn->memory.desk.below;
        turn->out->kind = TURN_COMMANDED;
        turn_say(turn, turn_words(turn, "kept", NULL));
    }
}

/* A question of the bot's own is open: do they answer it? */
static void settle_answer(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct confirmed confirmed = understand_confirm(turn->script->lexicon, &said, turn->arena);
    struct str offer = take_named(turn);
    bool is_no =
        str_eq(offer, STR("no")) || str_eq(offer, STR("wait")) || confirmed.confirmation == CONFIRM_NO;
    if (is_no)
        take_offer(turn, false);
    else if (offer.len || confirmed.confirmation == CONFIRM_YES)
        take_offer(turn, true);
}

static void settle_words(struct turn *turn)
{
    bool is_asked = turn->memory.asking == ASKING_DELETE || turn->memory.asking == ASKING_DESK;
    if (heard_is_unsure(turn))
        return;
    if (turn->command.command == COMMAND_BOT && turn->command.is_bare) {
        resume(turn);
    } else if (turn->command.command == COMMAND_DELETE_DATA) {
        turn->out->kind = TURN_COMMANDED;
        ask_over(turn, ASKING_DELETE);
    } else if (is_asked) {
        settle_answer(turn);
    }
}

/* A button of the bot's own open question; all others are old. */
static void settle_tap(struct turn *turn)
{
    struct choice offers[OUTBOUND_CHOICES_MAX];
    bool is_asked = turn->memory.asking == ASKING_DELETE || turn->memory.asking == ASKING_DESK;
    size_t count = is_asked ? ask_offers(turn, offers) : 0;
    size_t colon = str_find_char(turn->input->choice, ':');
    int64_t number;
    if (colon == STR_NONE || !str_to_int64(str_slice(turn->input->choice, 0, colon), &number) ||
        number < turn->memory.since || number > turn->memory.question)
        return;
    struct str value = str_slice(turn->input->choice, colon + 1, turn->input->choice.len);
    for (size_t i = 0; i < count; i++)
        if (str_eq(offers[i].id, value))
            take_offer(turn, i == 0);
}

static void settle_written(struct turn *turn)
{
    switch (turn->input->kind) {
    case INPUT_WORDS:
        settle_words(turn);
        break;
    case INPUT_CHOICE:
        settle_tap(turn);
        break;
    case INPUT_BEGIN:
    case INPUT_FIELDS: /* a program asks, and must hear something */
        desk_still(turn);
        break;
    case INPUT_LOCATION:
    case INPUT_OTHER:
    case INPUT_CHART:
    case INPUT_WAKE:
    case INPUT_HELP:
    case INPUT_DESK:
        break;
    }
}

/* A call must hear something whatever is said: a caller may have the bot back, or is told where to wait. */
static void settle_call(struct turn *turn)
{
    const struct caller *caller = turn->input->caller;
    struct call_memory *call = &turn->memory.call;
    bool is_new = turn->input->kind == INPUT_BEGIN || !str_eq(call->id, caller->call);
    if (is_new)
        *call = (struct call_memory){.id = caller->call, .began_ms = turn->input->now_ms};
    call->turn = is_new || caller->turn > call->turn ? caller->turn : call->turn;
    if (opt_out_settles(turn)) {
        if (turn->out->opts_out)
            leave(turn);
    } else if (is_new || caller->is_retry) {
        turn->out->kind = TURN_COMMANDED;
        ask_over(turn, ASKING_DESK);
    } else if (turn->input->kind == INPUT_WORDS) {
        settle_words(turn);
    }
    if (turn->out->say_count == 0 && desk_is_silent(turn))
        wait_on(turn);
}

/* ---- What somebody at the dashboard does ---- */

static void obey(struct turn *turn)
{
    turn->out->kind = TURN_IGNORED;
    /* The person has the bot again, or nothing may be said to them: whoever answers is told so. */
    if (turn->memory.desk.state == DESK_NONE)
        return;
    switch (turn->input->desk_act) {
    case DESK_TAKES:
        if (turn->memory.desk.state == DESK_AWAITED)
            fall_silent(turn, DESK_TAKEN);
        turn->out->ticket = TICKET_TAKEN;
        break;
    case DESK_ANSWERS:
        if (turn->input->is_opted_out || turn->text.len == 0)
            return;
        fall_silent(turn, DESK_TAKEN);
        turn_say(turn, turn->text);
        turn->out->says[0].by = turn->input->operator_name;
        turn->out->ticket = TICKET_ANSWERED;
        break;
    case DESK_HANDS_BACK:
        resume(turn);
        if (turn->input->is_opted_out)
            turn->out->say_count = 0;
        return;
    case DESK_CLOSES:
        leave(turn);
        return;
    }
    turn->out->kind = TURN_COMMANDED;
}

bool desk_settles(struct turn *turn)
{
    if (turn->input->kind == INPUT_DESK) {
        obey(turn);
        return true;
    }
    if (!desk_is_silent(turn))
        return false;
    turn->out->kind = TURN_IGNORED;
    if (turn->input->caller) {
        settle_call(turn);
    } else if (opt_out_settles(turn)) {
        if (turn->out->opts_out)
            leave(turn);
    } else if (!erase_settles(turn)) {
        settle_written(turn);
    }
    return true;
}

void desk_close(struct turn *turn)
{
    bool is_known = turn->memory.desk.state != DESK_NONE;
    enum help help = turn->input->help;
    bool is_helped_on = turn->input->kind == INPUT_HELP && (help == HELP_MOVE || help == HELP_FAIL);
    if (is_known && (turn->out->opts_out || (is_helped_on && desk_is_silent(turn))))
        leave(turn);
    else if (is_known && turn_is_said(turn->input) && turn->out->ticket == TICKET_UNCHANGED)
        turn->out->ticket = TICKET_HEARD;
}
