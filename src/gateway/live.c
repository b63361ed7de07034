/* How do ten open dashboards cost no more than one? */

#include "gateway/live.h"

#include "base/clock.h"
#include "base/form.h"
#include "gateway/operator.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "net/event_stream.h"
#include "store/documents.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_MS     2000
/* Whoever looks is told by then that PostgreSQL is slow. */
#define PATIENCE_MS 4000
/* A proxy gives up on a connection that says nothing for a minute. */
#define KEEP_MS     15000
/* Then the browser comes again, and shows again who it is: a token that was taken back ends the view. */
#define VIEW_MS     (10 * 60 * 1000)
#define VIEWERS_MAX 200

static const struct live_topic topics[] = {
    {.name = "overview", .minimum = ROLE_VIEWER, .query = "admin_overview", .complete = overview_complete},
    {.name = "tickets", .minimum = ROLE_VIEWER, .query = "admin_tickets"},
};

struct viewer {
    struct viewer *next;
    struct watch *watch;
    struct event_stream *stream; /* NULL: not yet open */
    uint64_t ends_ms;
    uint64_t told_ms;
};

/* Somebody looks at that topic. */
struct watch {
    struct watch *next;
    struct live *live;
    const struct live_topic *topic;
    struct viewer *viewers;
    struct arena arena; /* of the question under way */
    bool is_asking;
    char *last; /* what was told last; NULL: nothing yet */
    size_t last_len;
};

struct live {
    struct gateway *gateway;
    struct loop_timer *timer;
    struct watch *watches;
    size_t viewer_count;
    bool is_draining;
};

/* ---- Telling ---- */

static void tell(struct viewer *viewer, struct str document)
{
    viewer->told_ms = clock_monotonic_ms();
    event_stream_send(viewer->stream, document);
}

static void tell_all(struct watch *watch, struct str document)
{
    if (watch->last && str_eq(document, (struct str){watch->last, watch->last_len}))
        return;
    free(watch->last);
    watch->last = malloc(document.len ? document.len : 1);
    if (!watch->last)
        abort();
    memcpy(watch->last, document.data, document.len);
    watch->last_len = document.len;
    for (struct viewer *viewer = watch->viewers; viewer; viewer = viewer->next)
        if (viewer->stream)
            tell(viewer, document);
}

/* ---- Asking ---- */

static void free_watch(struct watch *watch)
{
    struct watch **at = &watch->live->watches;
    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    arena_free(&watch->arena);
    free(watch->last);
    free(watch);
}

static void found(void *arg, enum err err, struct str document)
{
    struct watch *watch = arg;
    struct gateway *gateway = watch->live->gateway;
    const struct json *known = NULL;
    watch->is_asking = false;
    if (!watch->viewers) {
        free_watch(watch);
        return;
    }
    if (err != ERR_NONE || json_parse(&watch->arena, document, &known) != ERR_NONE)
        known = NULL;
    if (watch->topic->complete) {
        struct json *whole = json_new_object(&watch->arena);
        void *at = NULL;
        struct str key;
        const struct json *value;
        while (json_each(known, &at, &key, &value))
            json_set(&watch->arena, whole, arena_cstring(&watch->arena, key), value);
        watch->topic->complete(gateway, whole, err == ERR_NONE, &watch->arena);
        known = whole;
    }
    if (known)
        tell_all(watch, json_print(&watch->arena, known));
    arena_reset(&watch->arena);
}

static void ask(struct watch *watch)
{
    struct gateway *gateway = watch->live->gateway;
    if (watch->is_asking)
        return;
    watch->is_asking = true;
    if (gateway->is_away)
        found(watch, ERR_UNAVAILABLE, (struct str){0});
    else
        store_find_document(gateway->store,
                            &(struct document_query){
                                .name = watch->topic->query, .is_slow = true, .patience_ms = PATIENCE_MS},
                            &watch->arena, found, watch);
}

/* ---- Who looks ---- */

static void remove_viewer(struct viewer *viewer)
{
    struct watch *watch = viewer->watch;
    struct live *live = watch->live;
    struct viewer **at = &watch->viewers;
    while (*at != viewer)
        at = &(*at)->next;
    *at = viewer->next;
    free(viewer);
    if (--live->viewer_count == 0)
        loop_timer_stop(live->timer);
    if (!watch->viewers && !watch->is_asking)
        free_watch(watch);
}

static void ended(void *arg)
{
    remove_viewer(arg);
}

static void end_view(struct viewer *viewer)
{
    event_stream_close(viewer->stream);
    remove_viewer(viewer);
}

static void look(void *arg)
{
    struct live *live = arg;
    uint64_t now = clock_monotonic_ms();
    for (struct watch *watch = live->watches, *next_watch; watch; watch = next_watch) {
        next_watch = watch->next;
        if (watch->viewers)
            ask(watch);
        for (struct viewer *viewer = watch->viewers, *next; viewer; viewer = next) {
            next = viewer->next;
            if (viewer->stream && now >= viewer->ends_ms)
                end_view(viewer);
            else if (viewer->stream && now - viewer->told_ms >= KEEP_MS) {
                viewer->told_ms = now;
                event_stream_keep(viewer->stream);
            }
        }
    }
}

static void opened(void *arg, struct event_stream *stream)
{
    struct viewer *viewer = arg;
    struct watch *watch = viewer->watch;
    viewer->stream = stream;
    if (!stream || watch->live->is_draining) {
        if (stream)
            event_stream_close(stream);
        remove_viewer(viewer);
        return;
    }
    viewer->told_ms = clock_monotonic_ms();
    if (watch->last)
        tell(viewer, (struct str){watch->last, watch->last_len});
    else
        ask(watch);
}

static struct watch *watch_of(struct live *live, const struct live_topic *topic)
{
    for (struct watch *watch = live->watches; watch; watch = watch->next)
        if (watch->topic == topic)
            return watch;
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        abort();
    *watch = (struct watch){.next = live->watches, .live = live, .topic = topic};
    live->watches = watch;
    return watch;
}

static void add_viewer(struct live *live, const struct live_topic *topic, struct http_exchange *exchange,
                       const struct http_request *request)
{
    struct viewer *viewer = calloc(1, sizeof *viewer);
    if (!viewer)
        abort();
    viewer->watch = watch_of(live, topic);
    viewer->next = viewer->watch->viewers;
    viewer->watch->viewers = viewer;
    viewer->ends_ms = clock_monotonic_ms() + VIEW_MS;
    if (live->viewer_count++ == 0)
        loop_timer_start(live->timer, LOOK_MS, LOOK_MS);
    struct event_stream_conf conf = {.opened = opened, .ended = ended, .arg = viewer};
    if (event_stream_open(live->gateway->loop, exchange, &conf))
        return;
    remove_viewer(viewer);
    respond_problem(live->gateway, exchange, request, ERR_INVALID, STR("A stream of events needs HTTP/1.1."),
                    NULL, 0);
}

/* To whoever asks only what it would be (HEAD). */
static void describe(struct gateway *gateway, struct http_exchange *exchange,
                     const struct http_request *request, struct arena *arena)
{
    struct http_response response = {.status = 200};
    http_add_header(arena, &response, "Content-Type", STR("text/event-stream"));
    http_add_header(arena, &response, "Cache-Control", STR("no-store"));
    respond(gateway, exchange, request, &response);
}

static const struct live_topic *topic_named(struct str name)
{
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        if (str_eq(name, str_from(topics[i].name)))
            return &topics[i];
    return NULL;
}

HANDLER(admin_live)
{
    struct form query;
    struct operator_identity who;
    struct live *live = gateway->live;
    bool is_read = form_parse(arena, request->query, &query);
    const struct live_topic *topic = is_read ? topic_named(form_get(&query, "what")) : NULL;
    if (!operator_admit(gateway, exchange, request, topic ? topic->minimum : ROLE_VIEWER, &who))
        return;
    if (!topic)
        respond_problem(gateway, exchange, request, ERR_NOT_FOUND, STR("There is nothing live of that name."),
                        NULL, 0);
    else if (str_eq(request->method, STR("HEAD")))
        describe(gateway, exchange, request, arena);
    else if (live->viewer_count >= VIEWERS_MAX || live->is_draining)
        respond_problem(gateway, exchange, request, ERR_UNAVAILABLE, (struct str){0}, NULL, 0);
    else
        add_viewer(live, topic, exchange, request);
}

/* ---- Beginning and end ---- */

struct live *live_new(struct gateway *gateway)
{
    struct live *live = calloc(1, sizeof *live);
    if (!live)
        abort();
    live->gateway = gateway;
    live->timer = loop_timer_new(gateway->loop, look, live);
    return live;
}

void live_drain(struct live *live)
{
    live->is_draining = true;
    for (struct watch *watch = live->watches, *next_watch; watch; watch = next_watch) {
        next_watch = watch->next;
        for (struct viewer *viewer = watch->viewers, *next; viewer; viewer = next) {
            next = viewer->next;
            if (viewer->stream)
                end_view(viewer);
        }
    }
}

void live_free(struct live *live)
{
    for (struct watch *watch = live->watches, *next_watch; watch; watch = next_watch) {
        next_watch = watch->next;
        for (struct viewer *viewer = watch->viewers, *next; viewer; viewer = next) {
            next = viewer->next;
            if (viewer->stream)
                event_stream_close(viewer->stream);
            free(viewer);
        }
        free_watch(watch);
    }
    loop_timer_free(live->timer);
    free(live);
}
