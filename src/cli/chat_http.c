/* How does a program that has nothing else to do ask over HTTP? */

#include "base/clock.h"
#include "base/json.h"
#include "cli/chat.h"
#include "cli/terminal.h"

#include <stdio.h>

#define DEADLINE_MS 30000

struct waiting {
    struct chat *chat;
    struct arena *arena;
    enum err err;
    struct http_response *response;
};

static void answered(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct waiting *waiting = arg;
    (void)arena;
    waiting->err = err;
    if (err == ERR_NONE)
        *waiting->response = (struct http_response){
            .status = response->status,
            .body = arena_copy(waiting->arena, response->body),
        };
    loop_stop(waiting->chat->loop);
}

bool chat_request(struct chat *chat, struct http_request *request, struct arena *arena,
                  struct http_response *response)
{
    struct waiting waiting = {.chat = chat, .arena = arena, .response = response};
    uint64_t began_ns = clock_monotonic_ns();
    request->url = arena_printf(arena, "%.*s%.*s", STR_ARG(chat->url), STR_ARG(request->url));
    http_call(chat->client, request, DEADLINE_MS, answered, &waiting);
    loop_run(chat->loop);
    if (waiting.err == ERR_NONE) {
        chat_trace(chat, "answered", began_ns);
        return true;
    }
    fprintf(stderr, "frontdesk chat: no answer from %.*s (%s): is the gateway running there? See --url\n",
            STR_ARG(chat->url), err_name(waiting.err));
    return false;
}

bool chat_is_success(const struct chat *chat, const struct http_response *response, struct arena *arena)
{
    const struct json *problem = NULL;
    if (response->status == 200)
        return true;
    struct str detail = {0};
    if (json_parse(arena, response->body, &problem) == ERR_NONE) {
        detail = json_text(json_get(problem, "detail"));
        detail = detail.len ? detail : json_text(json_get(problem, "title"));
    }
    chat_note(chat, "refused with %d%s%.*s", response->status, detail.len ? ": " : "",
              STR_ARG(terminal_text(detail, arena)));
    return false;
}
