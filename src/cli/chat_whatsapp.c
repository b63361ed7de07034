/* WhatsApp, through the simulator: what is said becomes Meta's signed webhook, and what its Graph API was
 * sent for this person is read back. Without the simulator the answers go to Meta, where nobody reads them
 * from here. */

#include "base/clock.h"
#include "base/form.h"
#include "base/json.h"
#include "channels/secret.h"
#include "cli/chat.h"

#include <unistd.h>

#define LOOK_MS  100
#define QUIET_MS 3000  /* without a new message: nothing more comes of it */
#define LONG_MS  30000 /* where a chart is made, or a message is on its way */

static int64_t last_shown; /* the newest message of the outbox that was shown */
static int64_t began_ms;

/* ---- Asking the simulator ---- */

static const struct json *ask(struct chat *chat, struct http_request *request, struct arena *arena,
                              enum chat_end *end)
{
    const struct json *answer = NULL;
    struct http_response response;
    if (chat->config->admin_token.len)
        http_add_header(arena, request, "Authorization",
                        arena_printf(arena, "Bearer %.*s", STR_ARG(secret_first(chat->config->admin_token))));
    *end = CHAT_FAILED;
    if (!chat_request(chat, request, arena, &response))
        return NULL;
    *end = CHAT_GOES_ON;
    if (!chat_is_success(chat, &response, arena) || json_parse(arena, response.body, &answer) != ERR_NONE)
        return NULL;
    return answer;
}

static enum chat_end deliver(struct chat *chat, struct json *message, struct arena *arena)
{
    enum chat_end end;
    struct json *body = json_new_object(arena);
    json_set_str(arena, body, "channel", STR("whatsapp"));
    json_set_str(arena, body, "from", chat->number);
    json_set(arena, body, "message", message);
    struct http_request request = {
        .method = STR("POST"), .url = STR("/simulator/deliver"), .body = json_print(arena, body)};
    http_add_header(arena, &request, "Content-Type", STR("application/json"));
    const struct json *delivery = ask(chat, &request, arena, &end);
    int64_t status = 0;
    json_to_int64(json_get(json_get(delivery, "answer"), "status"), &status);
    if (delivery && status != 200)
        chat_note(chat, "the webhook was answered %lld", (long long)status);
    return end;
}

/* ---- Hearing ---- */

/* A farewell: the provider took it, and its row is erased already. */
static bool show_farewell(struct chat *chat, const struct json *news, struct arena *arena)
{
    const struct json *taken = json_get(news, "taken");
    const struct json *body = NULL;
    int64_t at_ms = 0;
    int64_t id = 0;
    const struct json *newest = json_at(taken, json_count(taken) ? json_count(taken) - 1 : 0);
    json_to_int64(json_get(newest, "at_ms"), &at_ms);
    if (at_ms < began_ms || json_count(json_get(news, "outbox")) ||
        json_parse(arena, json_text(json_get(newest, "body")), &body) != ERR_NONE ||
        !json_to_int64(json_get(body, "biz_opaque_callback_data"), &id) || id <= last_shown)
        return false;
    last_shown = id;
    chat->choice_count = 0;
    chat_show(chat, json_text(json_get(json_get(body, "text"), "body")));
    return true;
}

/* What one look found. */
struct look {
    bool has_shown;
    bool is_pending; /* something is on its way */
};

/* Shows what arrived on the phone since the last look. */
static struct look show_news(struct chat *chat, const struct json *news, struct arena *arena)
{
    const struct json *rows = json_get(news, "outbox");
    struct look look = {0};
    for (size_t i = 0; i < json_count(rows) && !look.is_pending; i++) {
        const struct json *row = json_at(rows, i);
        struct str state = json_text(json_get(row, "state"));
        int64_t id = 0;
        json_to_int64(json_get(row, "id"), &id);
        if (id <= last_shown || !str_eq(json_text(json_get(row, "channel")), STR("whatsapp")))
            continue;
        look.is_pending = str_eq(state, STR("waiting")) || str_eq(state, STR("leased"));
        if (look.is_pending)
            continue;
        last_shown = id;
        if (str_eq(state, STR("failed")) || str_eq(state, STR("superseded")))
            continue;
        chat_show_message(chat, json_get(row, "payload"));
        look.has_shown = true;
    }
    look.has_shown = show_farewell(chat, news, arena) || look.has_shown;
    /* The words come before what they led to. */
    if (!look.is_pending)
        chat_show_status(chat, json_text(json_get(json_get(news, "session"), "status")));
    return look;
}

static const struct json *ask_news(struct chat *chat, struct arena *arena, enum chat_end *end)
{
    struct http_request request = {.method = STR("GET")};
    request.url =
        arena_printf(arena, "/simulator/news?number=%.*s", STR_ARG(url_encode(arena, chat->number)));
    return ask(chat, &request, arena, end);
}

/* Until something came and it is quiet; while a chart is made, for longer. */
static enum chat_end hear(struct chat *chat)
{
    uint64_t since_ns = clock_monotonic_ns();
    enum chat_end end = CHAT_GOES_ON;
    bool has_heard = false;
    while (end == CHAT_GOES_ON) {
        struct arena arena = {0};
        const struct json *news = ask_news(chat, &arena, &end);
        struct look look = news ? show_news(chat, news, &arena) : (struct look){0};
        bool is_awaited = look.is_pending || str_eq(chat->status, STR("generating_chart"));
        arena_free(&arena);
        if (look.has_shown)
            since_ns = clock_monotonic_ns();
        has_heard = has_heard || look.has_shown;
        uint64_t quiet_ms = (clock_monotonic_ns() - since_ns) / 1000000;
        if (!news || quiet_ms > (is_awaited ? LONG_MS : has_heard ? 2 * LOOK_MS : QUIET_MS))
            break;
        usleep(LOOK_MS * 1000);
    }
    return end;
}

/* ---- Saying ---- */

/* A number is the choice that stands there: its button is pressed. */
static struct json *message_of(const struct chat *chat, struct str line, struct arena *arena)
{
    int64_t number;
    struct json *message = json_new_object(arena);
    struct json *said = json_new_object(arena);
    bool is_choice = str_to_int64(line, &number) && number >= 1 && number <= (int64_t)chat->choice_count;
    json_set_str(arena, message, "type", is_choice ? STR("interactive") : STR("text"));
    json_set(arena, message, is_choice ? "interactive" : "text", said);
    if (!is_choice) {
        json_set_str(arena, said, "body", line);
        return message;
    }
    struct json *reply = json_new_object(arena);
    json_set_str(arena, reply, "id", chat->choices[number - 1].id);
    json_set_str(arena, reply, "title", chat->choices[number - 1].title);
    json_set_str(arena, said, "type", STR("button_reply"));
    json_set(arena, said, "button_reply", reply);
    return message;
}

static enum chat_end whatsapp_say(struct chat *chat, struct str line)
{
    struct arena arena = {0};
    enum chat_end end = deliver(chat, message_of(chat, line, &arena), &arena);
    arena_free(&arena);
    return end == CHAT_GOES_ON ? hear(chat) : end;
}

static enum chat_end whatsapp_open(struct chat *chat)
{
    struct arena arena = {0};
    enum chat_end end;
    began_ms = clock_now_ms();
    bool may_speak = ask_news(chat, &arena, &end) != NULL; /* what is wrong with the number is said then */
    arena_free(&arena);
    if (!may_speak)
        return CHAT_FAILED;
    chat_note(chat, "writing on WhatsApp as %.*s, through the simulator", STR_ARG(chat->number));
    if (!chat->tongue.len)
        return CHAT_GOES_ON;
    chat_note(chat, "%.*s", STR_ARG(chat->tongue));
    return whatsapp_say(chat, chat->tongue);
}

static void whatsapp_close(struct chat *chat)
{
    (void)chat;
}

const struct chat_door chat_whatsapp = {
    .name = "whatsapp", .open = whatsapp_open, .say = whatsapp_say, .close = whatsapp_close};
