/* Who is there: somebody new, or somebody who comes back?
 *
 * hello with a key → loaded → welcome, and what was missed; without one, or with one that opens nothing any
 * more, a new session begins by a turn, whose greeting is its first message. */

#include "base/clock.h"
#include "gateway/limits.h"
#include "gateway/web_chat_state.h"
#include "gateway/web_seq.h"

#define KEY_LEAST 22
#define KEY_MOST  255

static void welcome(struct chat *chat, const struct session *session, int64_t heard)
{
    struct arena arena = {0};
    chat->stage = CHAT_OPEN;
    if (chat->socket) {
        chat_send(chat, web_welcome_text(session->key, session_status_name(session->status), &arena));
        audience_join(chat->web->audiences, &chat->listener, session, heard);
    }
    arena_free(&arena);
    while (chat->held) {
        struct said *said = chat->held;
        chat->held = said->next;
        chat->held_count--;
        chat_say(chat, said);
    }
}

static void end_hello(struct said *said)
{
    struct chat *chat = said->chat;
    said_free(said);
    chat_ended(chat);
}

/* The client may say hello again; what it said meanwhile would find no session. */
static void refuse(struct said *said, const char *code, const char *detail)
{
    struct chat *chat = said->chat;
    chat->stage = CHAT_NEW;
    while (chat->held) {
        struct said *held = chat->held;
        chat->held = held->next;
        chat->held_count--;
        chat_error(chat, code, detail, held->frame.id);
        said_free(held);
    }
    chat_error(chat, code, detail, (struct str){0});
    end_hello(said);
}

static void refuse_for(struct said *said, enum err err)
{
    if (err == ERR_NOT_FOUND)
        refuse(said, "not_available", "This conversation is not offered here.");
    else
        refuse(said, "unavailable", "This can't be done just now; say hello again in a moment.");
}

/* ---- A new session ---- */

static void begun(void *arg, const struct turn_result *result)
{
    struct said *said = arg;
    if (result->err != ERR_NONE || !result->outcome) {
        refuse_for(said, result->err);
        return;
    }
    welcome(said->chat, &result->outcome->next, 0);
    end_hello(said);
}

static struct turn_ask beginning(const struct gateway *gateway, struct said *said)
{
    const struct channel_conf *conf = gateway->config->channels[CHANNEL_WEB];
    return (struct turn_ask){
        .conf = conf,
        .channel = CHANNEL_WEB,
        .is_start = true,
        .language = phrasebook_language(gateway->script->phrases, said->frame.hello.language),
        .flow = said->frame.hello.flow,
        .message_id = uuid_text(&said->arena, uuid_random()),
        .input = {.kind = INPUT_BEGIN,
                  .today = date_of_ms(clock_now_ms(), conf->utc_offset_s),
                  .region = conf->region},
        .done = begun,
        .arg = said,
    };
}

static void begin(struct said *said)
{
    struct chat *chat = said->chat;
    struct gateway *gateway = chat->web->gateway;
    struct turn_ask ask = beginning(gateway, said);
    if (ask.flow.len && !flow_find(gateway->script->flows, ask.flow)) {
        refuse(said, "unknown_flow", "There is no such flow here.");
        return;
    }
    struct str address = {chat->address, chat->address_len};
    if (limit_take(gateway->limits, LIMIT_SESSION, address, clock_monotonic_ns())) {
        refuse(said, "too_many", "Too many new conversations from this address; try again in a minute.");
        return;
    }
    turn_start(gateway, &ask);
}

void chat_begin_again(struct chat *chat, struct said *said)
{
    chat->stage = CHAT_GREETING;
    audience_leave(&chat->listener);
    chat_error(chat, "session_expired", "This conversation is over; a new one begins.", said->frame.id);
    begin(said);
}

/* ---- Somebody who comes back ---- */

/* A session that was made by hand, or by another door, has not asked anything here yet. */
static void ask_first(struct said *said)
{
    struct gateway *gateway = said->chat->web->gateway;
    struct turn_ask ask = beginning(gateway, said);
    ask.is_start = false;
    ask.session_key = said->load.session.key;
    turn_start(gateway, &ask);
}

static void loaded(void *arg, enum err err)
{
    struct said *said = arg;
    const struct turn_load *load = &said->load;
    struct chat *chat = said->chat;
    if (err != ERR_NONE) {
        refuse_for(said, err);
        return;
    }
    if (!load->has_session || turn_session_is_expired(load, clock_now_ms())) {
        chat_begin_again(chat, said);
        return;
    }
    if (!load->has_conversation) {
        ask_first(said);
        return;
    }
    /* A client can't have heard what was not said yet. */
    int64_t last = web_seq_last(load->guard, &said->arena);
    int64_t heard = said->frame.hello.last_seen;
    welcome(chat, &load->session, heard < last ? heard : last);
    end_hello(said);
}

static bool may_be_a_key(struct str key)
{
    return key.len >= KEY_LEAST && key.len <= KEY_MOST;
}

void chat_hello(struct chat *chat, struct said *said)
{
    struct gateway *gateway = chat->web->gateway;
    const struct channel_conf *conf = gateway->config->channels[CHANNEL_WEB];
    struct str key = said->frame.hello.session_key;
    chat->stage = CHAT_GREETING;
    chat->under_way++;
    if (!key.len) {
        begin(said);
        return;
    }
    if (!may_be_a_key(key)) {
        chat_begin_again(chat, said);
        return;
    }
    said->load = (struct turn_load){
        .message_key = uuid_random(),
        .brand = conf->brand,
        .flow = conf->flow,
        .session_key = key,
        .arena = &said->arena,
        .done = loaded,
        .arg = said,
    };
    store_load_turn(gateway->store, &said->load);
}
