/* How does somebody make trouble on purpose?
 *
 *   POST /simulator/trouble  {answers: "429", "500", "timeout" or "none", calls}: the providers answer so
 *   POST /simulator/kill     {when: "now"}: the worker that takes this dies, by a real SIGKILL;
 *                            {when: "answered"}: the one that brings what is said next, once it was answered
 */

#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/simulator.h"

#include <signal.h>
#include <unistd.h>

HANDLER(simulator_trouble)
{
    const struct json *asked = NULL;
    enum simulator_trouble trouble;
    int64_t calls = 0;
    if (!simulator_admit(gateway, exchange, request))
        return;
    json_parse(arena, request->body, &asked);
    json_to_int64(json_get(asked, "calls"), &calls);
    bool is_named = simulator_trouble_from(json_text(json_get(asked, "answers")), &trouble);
    if (!is_named || (trouble != SIMULATOR_WELL && (calls < 1 || calls > SIMULATOR_CALLS_MAX))) {
        struct invalid_field invalid = {is_named ? STR("calls") : STR("answers"), STR("invalid"),
                                        is_named ? STR("From 1 to 99 calls.")
                                                 : STR("One of none, 429, 500, timeout.")};
        respond_problem(gateway, exchange, request, ERR_INVALID, invalid.detail, &invalid, 1);
        return;
    }
    simulator_set_trouble(&gateway->shared->simulator, trouble, (int)calls);
    respond_json(gateway, exchange, request, 200, simulator_trouble_json(gateway, arena));
}

struct json *simulator_trouble_json(const struct gateway *gateway, struct arena *arena)
{
    int calls;
    struct json *body = json_new_object(arena);
    enum simulator_trouble now = simulator_trouble_now(&gateway->shared->simulator, &calls);
    json_set_str(arena, body, "answers", simulator_trouble_name(now));
    json_set_int(arena, body, "calls", calls);
    return body;
}

void simulator_die(void)
{
    log_event(LOG_WARN, "the simulator kills this worker, as somebody asked", log_int("pid", getpid()));
    kill(getpid(), SIGKILL);
}

static void die_now(void *arg, enum err err)
{
    (void)arg;
    (void)err;
    simulator_die();
}

HANDLER(simulator_kill)
{
    const struct json *asked = NULL;
    struct json *body = json_new_object(arena);
    if (!simulator_admit(gateway, exchange, request))
        return;
    json_parse(arena, request->body, &asked);
    struct str when = json_text(json_get(asked, "when"));
    if (str_eq(when, STR("answered"))) {
        atomic_store(&gateway->shared->simulator.is_death_due, true);
        respond_json(gateway, exchange, request, 200, body);
        return;
    }
    if (!str_eq(when, STR("now"))) {
        struct invalid_field invalid = {STR("when"), STR("invalid"), STR("now or answered.")};
        respond_problem(gateway, exchange, request, ERR_INVALID, invalid.detail, &invalid, 1);
        return;
    }
    struct http_response response = {.status = 200};
    json_set_int(arena, body, "pid", getpid());
    response.body = json_print(arena, body);
    http_add_header(arena, &response, "Content-Type", STR("application/json"));
    http_respond(exchange, &response, die_now, NULL);
}
