/* What exactly is written down of a turn? */

#include "gateway/caller.h"
#include "gateway/guard.h"
#include "gateway/payload.h"
#include "gateway/turn_state.h"
#include "gateway/web_seq.h"
#include "store/answers.h"

/* What a program said for its person, as if it had come by a message. */
static struct str said_by_api(struct turn *turn)
{
    const struct input *input = &turn->ask.input;
    if (input->kind == INPUT_DESK) /* its words are a reply */
        return (struct str){0};
    struct inbound said = {.channel = turn->ask.channel, .text = text_clean(&turn->arena, input->text)};
    if (input->fields)
        said.form = json_print(&turn->arena, input->fields);
    return said.text.len || said.form.len ? said_print(&turn->arena, &said) : (struct str){0};
}

/* A question to something said a while ago, or with more to come at once: the next one says it better. */
static bool is_of_bubbles(const struct turn *turn)
{
    return turn->ask.said && (person_is_awaited(&turn->place) || turn->input.is_late);
}

static void record_person(struct turn *turn)
{
    struct turn_commit *commit = turn->commit;
    const struct turn_load *load = &turn->load;
    commit->contact = load->contact;
    commit->brand = load->brand;
    commit->phone = load->phone;
    commit->whatsapp_user = load->whatsapp_user;
    bool has_address = turn->ask.said && (load->phone.len || load->whatsapp_user.len);
    commit->is_new_contact = turn->has_outcome && has_address && uuid_is_nil(load->contact);
    if (commit->is_new_contact) {
        commit->contact = uuid_ordered(turn->input.now_ms);
        commit->profile_name = turn->ask.said ? turn->ask.said->profile_name : (struct str){0};
    } else if (!has_address) {
        commit->contact = load->session_contact;
    }
}

/* What a command brought ("you can reach a person here") is said in any case. */
static bool may_be_held(const struct turn *turn, const struct outbound *say)
{
    enum turn_kind kind = turn->outcome->kind;
    return say->is_question && is_of_bubbles(turn) &&
           (kind == TURN_BEGAN || kind == TURN_ANSWERED || kind == TURN_GREETED || kind == TURN_MISSED);
}

static enum out_mode mode_of(const struct turn *turn, const struct outbound *say)
{
    const struct door *door = turn->ask.door;
    /* A call can't be spoken into from here: what was said waits for whoever calls or looks again. */
    if (door)
        return turn->ask.conf && channel_delivery(turn->ask.conf) != DELIVERY_BY_SOCKET &&
                       turn->ask.channel != CHANNEL_VOICE
                   ? OUT_BY_CALL
                   : OUT_SAID;
    if (!turn->ask.said)
        return OUT_SAID;
    switch (channel_delivery(turn->ask.conf)) {
    case DELIVERY_IN_REPLY:
        return turn->ask.is_by_api ? OUT_BY_CALL : OUT_REPLY;
    case DELIVERY_BY_SOCKET:
        return OUT_SAID; /* sockets read it from the transcript, now or when they come back */
    case DELIVERY_BY_CALL:
        return may_be_held(turn, say) ? OUT_HELD : OUT_BY_CALL;
    }
    return OUT_BY_CALL;
}

/* What a call hears says in its action URL which turn comes next. */
static void name_turns(struct turn *turn)
{
    for (size_t i = 0; i < turn->outcome->say_count; i++)
        turn->outcome->says[i].reply_to =
            call_turn_name(turn->ask.said, turn->outcome->call_turn, &turn->arena);
}

/* Last, so that the replies keep their places; it leaves when they were said. */
static void record_text(struct turn *turn)
{
    struct turn_commit *commit = turn->commit;
    if (!turn->outcome->texts || commit->out_count == TURN_OUTS_MAX)
        return;
    const struct channel_conf *conf = text_conf_of(turn->gateway->config, turn->ask.conf);
    if (!conf)
        return;
    commit->outs[commit->out_count++] = (struct turn_out){
        .account = text_account_of(conf, turn->ask.said),
        .recipient = recipient_print(&turn->arena, turn->ask.said->from, (struct str){0}),
        .payload = payload_print(&turn->arena, &turn->outcome->text_message),
        .mode = OUT_TEXT,
    };
}

/* What costs by the character is left out where it need not be said. */
static void leave_out_spare(struct turn *turn)
{
    struct outcome *outcome = turn->outcome;
    size_t kept = 0;
    for (size_t i = 0; i < outcome->say_count; i++)
        if (turn->ask.channel != CHANNEL_SMS || !outcome->says[i].is_spare)
            outcome->says[kept++] = outcome->says[i];
    outcome->say_count = kept;
}

static void record_says(struct turn *turn)
{
    struct turn_commit *commit = turn->commit;
    struct arena *arena = &turn->arena;
    const struct inbound *said = turn->ask.said;
    const struct door *door = turn->ask.door;
    if (turn->input.caller)
        name_turns(turn);
    for (size_t i = 0; i < turn->outcome->say_count && commit->out_count < TURN_OUTS_MAX; i++) {
        commit->outs[commit->out_count++] = (struct turn_out){
            .account = said                        ? said->to
                       : door && door->account.len ? door->account
                                                   : STR("api"),
            .recipient = said   ? recipient_print(arena, said->from, said->user_id)
                         : door ? door->recipient
                                : STR("{}"),
            .payload = payload_print(arena, &turn->outcome->says[i]),
            .mode = mode_of(turn, &turn->outcome->says[i]),
        };
    }
}

/* The messages of a web chat are counted: what was said, then what is said to it. By other doors nothing is
 * counted, and the count is kept. */
static void number_messages(struct turn *turn)
{
    struct turn_commit *commit = turn->commit;
    struct arena *arena = &turn->arena;
    bool is_web = turn->ask.channel == CHANNEL_WEB;
    int64_t seq = web_seq_last(turn->load.guard, arena);
    if (!commit->has_session || (!is_web && !seq))
        return;
    if (is_web && turn->ask.said && commit->said.len)
        commit->said = web_seq_put(commit->said, ++seq, arena);
    for (size_t i = 0; is_web && i < commit->out_count; i++)
        commit->outs[i].payload = web_seq_put(commit->outs[i].payload, ++seq, arena);
    commit->guard = web_seq_put(commit->guard.len ? commit->guard : turn->load.guard, seq, arena);
}

static bool moved_on(enum turn_kind kind)
{
    return kind == TURN_ANSWERED || kind == TURN_FINISHED || kind == TURN_BEGAN;
}

/* Only what a provider brought can be a machine's automatic answer. */
static void rule_guard(struct turn *turn)
{
    const struct inbound *said = turn->ask.said;
    /* A call counts its own silences and misses, and must always hear something. A voice note counts when it
     * comes again, as words. */
    if (!said || turn->input.caller || turn->outcome->listens)
        return;
    /* A photo, a voice note and a contact card have no words, but are not the same thing said three times. */
    struct str mime = said->media_count ? said->media[0].mime : (struct str){0};
    struct str what =
        arena_join(&turn->arena, inbound_kind_name(said->kind), STR(" "), mime, STR(" "), turn->input.text);
    struct guard_ruling ruling = guard_rule(turn->load.guard, what, moved_on(turn->outcome->kind),
                                            turn->outcome->say_count != 0, turn->input.now_ms, &turn->arena);
    turn->commit->guard = ruling.guard;
    if (ruling.is_silent && turn->outcome->say_count) {
        turn->outcome->say_count = 0;
        metric_add(turn->gateway->metrics, METRIC_SILENCED, 1);
        log_event(LOG_WARN, "the loop guard keeps silent",
                  log_str("session", uuid_text(&turn->arena, turn->outcome->next.id)));
    }
}

/* What belongs to no session is in nobody's transcript, and would not be found when its person wants
 * everything erased. Of what workers died on, the operator needs the words. */
static void forget_words(struct turn *turn)
{
    if (!turn->is_poison)
        turn->commit->said = (struct str){0};
}

/* Of what no person said by a provider. */
static struct str kind_of(const struct turn *turn)
{
    switch (turn->input.kind) {
    case INPUT_CHART:
        return STR("chart");
    case INPUT_WAKE:
        return STR("wake");
    case INPUT_HELP:
        return STR("help");
    case INPUT_DESK:
        return STR("desk");
    case INPUT_BEGIN:
    case INPUT_WORDS:
    case INPUT_CHOICE:
    case INPUT_FIELDS:
    case INPUT_LOCATION:
    case INPUT_OTHER:
        return STR("api");
    }
    return STR("api");
}

/* Printed now, while the values are at hand: the batch leaves when those of many other turns were read and
 * written in between. */
static void record_session(struct turn *turn)
{
    struct turn_commit *commit = turn->commit;
    const struct session *next = &turn->outcome->next;
    commit->session = *next;
    commit->data = json_print(&turn->arena, next->data);
    commit->steps_completed = json_print(&turn->arena, next->steps_completed);
    commit->memory = json_print(&turn->arena, next->memory);
}

void turn_record(struct turn *turn)
{
    struct arena *arena = &turn->arena;
    const struct turn_ask *ask = &turn->ask;
    turn->commit = arena_take(arena, sizeof *turn->commit);
    *turn->commit = (struct turn_commit){
        .message_key = turn->load.message_key,
        .channel = ask->channel,
        .kind = turn->is_poison ? STR("poison")
                : ask->said     ? inbound_kind_name(ask->said->kind)
                                : kind_of(turn),
        .said = ask->said ? said_print(arena, ask->said) : said_by_api(turn),
        .said_at_us = ask->said ? ask->said->at_ms * 1000 : 0,
        .lane = turn->place.lane,
        .is_new_session = turn->is_new_session,
        .loaded_at_us = turn->load.loaded_at_us,
        .phone_note = ask->phone_note,
    };
    if (ask->door)
        turn->commit->guard = turn->load.guard;
    record_person(turn);
    if (!turn->has_outcome) {
        turn->commit->effects = turn_news(turn);
        forget_words(turn);
        return;
    }
    leave_out_spare(turn);
    rule_guard(turn);
    /* Somebody who says stop, or nothing to be answered, before anything began needs no session. */
    turn->commit->has_session =
        !(turn->is_new_session && turn->outcome->say_count == 0 && ask->said) || turn->outcome->listens;
    if (!turn->commit->has_session)
        forget_words(turn);
    record_session(turn);
    turn->commit->effects = turn_effects(turn);
    turn->commit->answer = turn->answer;
    record_says(turn);
    record_text(turn);
    number_messages(turn);
}
