/* How does a message from a socket become durable, and its sender know?
 *
 * said → a turn with the id `session:id` → ack. The session's answer is not handed over here: web_audience.h
 * brings it to every tab, this one too. */

#include "gateway/web_chat_state.h"

/* The session is erased: its last words are in no transcript. */
static void tell_farewell(struct chat *chat, const struct outcome *outcome, struct arena *arena)
{
    for (size_t i = 0; i < outcome->say_count; i++) {
        int64_t seq = chat->listener.heard + 1 + (int64_t)i;
        struct str degraded[DEGRADED_MAX];
        size_t count = 0;
        struct str text = web_message(&outcome->says[i], seq, arena, (struct degradations){degraded, &count});
        audience_tell(&chat->listener, text);
    }
}

static void turn_done(void *arg, const struct turn_result *result)
{
    struct said *said = arg;
    struct chat *chat = said->chat;
    if (result->err == ERR_NOT_FOUND && chat->socket && chat->stage == CHAT_OPEN) {
        chat_begin_again(chat, said);
        return;
    }
    if (result->err == ERR_NONE) {
        chat_send(chat, web_ack_text(said->frame.id, &said->arena));
        if (result->outcome && result->outcome->erases && chat->listener.audience)
            tell_farewell(chat, result->outcome, &said->arena);
    } else {
        chat_error(chat, "unavailable", "This was not taken; send it again in a moment.", said->frame.id);
    }
    said_free(said);
    chat_ended(chat);
}

void chat_say(struct chat *chat, struct said *said)
{
    struct gateway *gateway = chat->web->gateway;
    const struct channel_conf *conf = gateway->config->channels[CHANNEL_WEB];
    struct arena *arena = &said->arena;
    if (!chat->listener.audience) {
        said_free(said); /* it has gone */
        return;
    }
    struct inbound *message = &said->frame.message;
    struct turn_ask ask = {
        .conf = conf,
        .channel = CHANNEL_WEB,
        .message_id =
            arena_printf(arena, "%.*s:%.*s", STR_ARG(uuid_text(arena, audience_session(&chat->listener))),
                         STR_ARG(message->provider_id)),
        .said = message,
        .session_key = arena_copy(arena, audience_key(&chat->listener)),
        .done = turn_done,
        .arg = said,
    };
    message->to = conf->number.len ? conf->number : conf->id;
    message->provider_id = said->frame.id; /* its echo carries it as it was written */
    chat->under_way++;
    turn_start(gateway, &ask);
}
