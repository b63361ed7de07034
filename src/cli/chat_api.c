/* The REST API, as a program of somebody else's uses it for its person. */

#include "base/clock.h"
#include "base/json.h"
#include "cli/chat.h"

#include <unistd.h>

#define API         "/api/v2/instant-onboarding"
#define CHART_TRIES 60
#define CHART_MS    500

static struct str session_key;

static const struct json *post(struct chat *chat, const char *path, const struct json *body,
                               struct arena *arena, enum chat_end *end)
{
    const struct json *answer = NULL;
    struct http_response response;
    struct http_request request = {
        .method = STR("POST"), .url = str_from(path), .body = json_print(arena, body)};
    http_add_header(arena, &request, "Content-Type", STR("application/json"));
    *end = CHAT_FAILED;
    if (!chat_request(chat, &request, arena, &response))
        return NULL;
    *end = CHAT_GOES_ON;
    if (!chat_is_success(chat, &response, arena) || json_parse(arena, response.body, &answer) != ERR_NONE)
        return NULL;
    return answer;
}

static void show(struct chat *chat, const struct json *answer)
{
    const struct json *choices = json_get(answer, "choices");
    struct str message = json_text(json_get(answer, "message"));
    if (message.len)
        chat_show(chat, message);
    chat->choice_count = 0;
    for (size_t i = 0; i < json_count(choices) && i < CHAT_CHOICES_MAX; i++)
        chat->choices[chat->choice_count++] = (struct choice){
            .title = json_text(json_get(json_at(choices, i), "title")),
            .description = json_text(json_get(json_at(choices, i), "description")),
        };
    chat_show_choices(chat);
    /* The API understands a choice by its number, so nothing of it need be kept. */
    chat->choice_count = 0;
    chat_show_status(chat, json_text(json_get(answer, "status")));
}

static enum chat_end api_open(struct chat *chat)
{
    struct arena arena = {0};
    enum chat_end end;
    struct json *body = json_new_object(&arena);
    json_set_str(&arena, body, "channel", STR("web"));
    if (chat->language.len)
        json_set_str(&arena, body, "language", chat->language);
    const struct json *answer = post(chat, API "/session/start", body, &arena, &end);
    if (answer) {
        session_key = arena_copy(&chat->arena, json_text(json_get(answer, "session_key")));
        show(chat, answer);
    }
    arena_free(&arena);
    return answer ? CHAT_GOES_ON : CHAT_FAILED;
}

/* Nobody tells the API's client that a chart is ready: it has to look. */
static enum chat_end await_chart(struct chat *chat)
{
    for (int i = 0; i < CHART_TRIES && str_eq(chat->status, STR("generating_chart")); i++) {
        struct arena arena = {0};
        const struct json *session = NULL;
        struct http_response response;
        struct http_request request = {.method = STR("GET"), .url = STR(API "/session")};
        usleep(CHART_MS * 1000);
        http_add_header(&arena, &request, "X-Session-Key", session_key);
        if (!chat_request(chat, &request, &arena, &response)) {
            arena_free(&arena);
            return CHAT_FAILED;
        }
        if (response.status == 200 && json_parse(&arena, response.body, &session) == ERR_NONE &&
            !str_eq(json_text(json_get(session, "status")), chat->status))
            show(chat, session);
        arena_free(&arena);
    }
    return CHAT_GOES_ON;
}

static enum chat_end api_say(struct chat *chat, struct str line)
{
    struct arena arena = {0};
    enum chat_end end;
    struct json *body = json_new_object(&arena);
    json_set_str(&arena, body, "session_key", session_key);
    json_set_str(&arena, body, "text", line);
    const struct json *answer = post(chat, API "/session/collect", body, &arena, &end);
    if (answer)
        show(chat, answer);
    arena_free(&arena);
    return answer ? await_chart(chat) : end;
}

static void api_close(struct chat *chat)
{
    (void)chat;
}

const struct chat_door chat_api = {.name = "api", .open = api_open, .say = api_say, .close = api_close};
