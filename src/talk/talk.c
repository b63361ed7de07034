/* What happens to a conversation when one thing is said? Routes the input to the file that deals with it.
 * The only file that changes a status: started → collecting_data → generating_chart → completed. */

#include "talk/turn.h"

void turn_begin(struct turn *turn)
{
    turn->out->kind = TURN_BEGAN;
    turn_lead(turn, turn_words(turn, "greet", NULL));
    if (turn->input->kind == INPUT_WORDS)
        asked_answer(turn);
    ask_open(turn);
}

/* What is known of the person stays, what was open is closed. */
static void forget_questions(struct turn *turn)
{
    const struct memory before = turn->memory;
    turn->memory = (struct memory){
        .question = before.question,
        .has_chosen_language = before.has_chosen_language,
        .switched_by = before.switched_by,
        .call = before.call,
        .presence = before.presence,
        .desk = before.desk,
        .given = before.given,
        .erase_asked_ms = before.erase_asked_ms,
        .erase_was_repeated = before.erase_was_repeated,
    };
}

void turn_finish(struct turn *turn)
{
    struct session *next = &turn->out->next;
    struct filling fillings[] = {{"first_name", turn_first_name(turn)}, {NULL, {0}}};
    turn->out->kind = TURN_FINISHED;
    forget_questions(turn);
    if (turn->flow->ends_with_chart) {
        next->status = SESSION_GENERATING_CHART;
        turn->out->starts_chart = true;
    } else {
        next->status = SESSION_COMPLETED;
        turn->out->calls_webhook = turn->flow->webhook.len > 0;
    }
    turn_say(turn, turn_words(turn, turn->flow->ends_with_chart ? "done.chart" : "done.end", fillings));
}

void turn_restart(struct turn *turn)
{
    turn->out->kind = TURN_COMMANDED;
    turn_store(turn, json_new_object(turn->arena), json_new_list(turn->arena));
    forget_questions(turn);
    turn->has_stored = true;
    turn_lead(turn, turn_words(turn, "restart.done", NULL));
    ask_open(turn);
}

void turn_collect(struct turn *turn)
{
    turn->out->next.status = SESSION_COLLECTING_DATA;
}

void turn_give_up(struct turn *turn)
{
    turn->out->kind = TURN_FINISHED;
    turn->out->next.status = SESSION_FAILED;
}

/* The chart's result. It comes once: a second one finds the session finished. */
static void take_chart(struct turn *turn)
{
    struct session *next = &turn->out->next;
    turn->out->kind = TURN_IGNORED;
    if (next->status != SESSION_GENERATING_CHART)
        return;
    turn->out->kind = TURN_FINISHED;
    turn->memory.has_told_waiting = false;
    if (turn->input->chart) {
        next->status = SESSION_COMPLETED;
        turn->out->keeps_chart = true;
        turn->out->calls_webhook = turn->flow->webhook.len > 0;
        chart_remember(turn);
        chart_tell(turn);
    } else if (chart_doubts(turn)) {
        turn->out->kind = TURN_COMMANDED;
        turn_rest(turn);
    } else {
        next->status = SESSION_FAILED;
        after_failure(turn, chart_failure(turn));
    }
    if (turn->input->is_opted_out)
        turn->out->say_count = 0;
}

/* A photo, a voice note, a pin: a kind word, and the question again. It is no miss. */
static void take_other(struct turn *turn, const char *name)
{
    turn->out->kind = TURN_COMMANDED;
    turn_lead(turn, turn_words(turn, name, NULL));
    ask_again(turn);
}

static void step_other(struct turn *turn)
{
    switch (turn->input->other) {
    case INBOUND_REACTION:
    case INBOUND_SYSTEM:
        turn->out->kind = TURN_IGNORED;
        break;
    case INBOUND_MEDIA:
        take_other(turn, turn->input->is_unheard ? "other.unheard" : "other.media");
        break;
    case INBOUND_CONTACTS:
        take_other(turn, "other.contacts");
        break;
    case INBOUND_SILENCE:
        take_other(turn, "other.silence");
        break;
    case INBOUND_TEXT:
    case INBOUND_CHOICE:
    case INBOUND_LOCATION:
    case INBOUND_FORM:
    case INBOUND_CALL:
    case INBOUND_DIGITS:
    case INBOUND_SPEECH:
    case INBOUND_UNSUPPORTED:
        take_other(turn, "other.unsupported");
        break;
    }
}

static void step_words(struct turn *turn)
{
    if (command_obey(turn))
        return;
    asked_answer(turn);
    take_words(turn);
}

static void step_collecting(struct turn *turn)
{
    switch (turn->input->kind) {
    case INPUT_BEGIN:
        turn->out->kind = TURN_COMMANDED;
        ask_again(turn);
        break;
    case INPUT_WORDS:
        step_words(turn);
        break;
    case INPUT_CHOICE:
        if (!tap_choice(turn))
            step_words(turn);
        break;
    case INPUT_FIELDS:
        fields_take(turn);
        break;
    case INPUT_LOCATION:
        if (!pin_suggests(turn))
            take_other(turn, "other.location");
        break;
    case INPUT_OTHER:
        step_other(turn);
        break;
    case INPUT_CHART: /* take_chart's */
    case INPUT_WAKE:  /* nudge_wake's */
    case INPUT_HELP:  /* helped's */
    case INPUT_DESK:  /* desk_settles' */
        break;
    }
}

/* The first thing said: a greeting whatever it is, unless it asks for something a stranger may ask. */
static void step_new(struct turn *turn)
{
    enum input_kind kind = turn->input->kind;
    bool is_quiet = kind == INPUT_OTHER &&
                    (turn->input->other == INBOUND_REACTION || turn->input->other == INBOUND_SYSTEM);
    turn->out->kind = TURN_IGNORED;
    if (is_quiet)
        return;
    if (kind == INPUT_FIELDS) {
        fields_take(turn);
        return;
    }
    if (kind == INPUT_WORDS && command_obey(turn))
        return;
    if (kind == INPUT_WORDS && carried_begins(turn))
        return;
    turn_begin(turn);
}

static void route(struct turn *turn)
{
    /* Answers written by hand into a session that was never greeted: it is under way. */
    bool is_new =
        turn->out->next.status == SESSION_STARTED && (turn->input->kind == INPUT_BEGIN || turn->settled == 0);
    if (turn->input->kind == INPUT_WORDS)
        follow_script(turn);
    if (turn->input->is_late)
        turn_lead(turn, turn_words(turn, "late", NULL));
    if (turn_is_at_rest(turn))
        rest_take(turn);
    else if (is_new)
        step_new(turn);
    else if (!return_settles(turn))
        step_collecting(turn);
}

/* Buttons of a person's earlier session stay on their screen: each session counts from a place of its own, so
 * that they are not taken for this one's. */
static int64_t first_number(const struct session *session)
{
    const uint8_t *bytes = session->id.bytes;
    int64_t place = (bytes[14] << 8 | bytes[15]) % 1000;
    return place * 1000;
}

static void open_turn(struct turn *turn, const struct script *script, const struct flow *flow,
                      const struct session *now, const struct input *input, struct outcome *out,
                      struct arena *arena)
{
    *turn = (struct turn){
        .script = script,
        .flow = flow,
        .input = input,
        .arena = arena,
        .before = memory_read(now->memory),
        .out = out,
        .text = text_clean(arena, utf8_truncate_bytes(input->text, INBOUND_TEXT_BYTES)),
        .lead = {.arena = arena},
        .hearing = input->hearing,
        .heard = (const struct heard **)arena_new(arena, struct heard *),
    };
    *out = (struct outcome){.next = *now};
    /* The API reads a voice session's texts aloud on a telephone of its own. */
    bool is_spoken = input->caller || (now->channel == CHANNEL_VOICE && !input->is_written);
    struct session *next = &out->next;
    next->version++;
    turn->memory = turn->before;
    if (turn->memory.question == 0)
        turn->memory.question = first_number(now);
    next->language = phrasebook_language(script->phrases, now->language);
    if (next->language.len == 0)
        next->language = script->default_language;
    turn_answer_in(turn, is_spoken ? MANNER_SPOKEN : MANNER_WRITTEN);
    turn_store(turn, json_kind(now->data) == JSON_MEMBERS ? now->data : json_new_object(arena),
               json_kind(now->steps_completed) == JSON_LIST ? now->steps_completed : json_new_list(arena));
}

static void close_turn(struct turn *turn)
{
    struct session *next = &turn->out->next;
    const struct step *open = turn_is_at_rest(turn) ? NULL : turn_open_step(turn);
    if (next->status == SESSION_STARTED && turn->memory.asking != ASKING_NOTHING)
        next->status = SESSION_COLLECTING_DATA;
    next->current_step = (int)(open ? flow_index(turn->flow, open) : turn->flow->step_count);
    call_note_given(turn);
    correct_note_latest(turn);
    turn->memory.has_missed_late = turn->input->is_late && turn->memory.has_missed_late;
    return_note_presence(turn);
    nudge_plan(turn);
    desk_close(turn);
    turn_announce_choices(turn);
    next->memory = memory_write(&turn->memory, turn->arena);
}

void talk_step(const struct script *script, const struct flow *flow, const struct session *now,
               const struct input *input, struct arena *arena, struct outcome *out)
{
    struct turn turn;
    open_turn(&turn, script, flow, now, input, out, arena);
    struct utterance said = turn_utterance(&turn, turn.text);
    bool is_command = turn.text.len && (input->kind == INPUT_WORDS || input->kind == INPUT_CHOICE);
    if (is_command)
        turn.command = understand_command(script->lexicon, &said, arena);
    /* Where nobody else has the conversation it is no wish. */
    if (turn.command.command == COMMAND_BOT && !desk_is_silent(&turn))
        turn.command = (struct commanded){.command = COMMAND_NONE};
    if (turn_is_said(input) && !turn_is_at_rest(&turn) && reread_answers(&turn))
        return;
    if (input->is_recording && !input->is_opted_out) {
        out->kind = TURN_IGNORED;
        out->listens = true;
    } else if (input->kind == INPUT_WAKE && desk_is_silent(&turn))
        desk_wake(&turn);
    else if (input->kind == INPUT_WAKE)
        nudge_wake(&turn);
    else if (input->kind == INPUT_HELP)
        helped(&turn);
    else if (input->beginning)
        return_begin(&turn);
    else if (input->kind == INPUT_CHART)
        take_chart(&turn);
    else if (!desk_settles(&turn) && !call_settles(&turn) && !heard_settles(&turn) &&
             !opt_out_settles(&turn) && !erase_settles(&turn))
        route(&turn);
    if (out->wants_places) /* it is taken again, with what is found */
        return;
    if (input->caller)
        call_close(&turn);
    close_turn(&turn);
}
