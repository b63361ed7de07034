/* Who is next at the chart process? First come, first served, and nobody waits long.
 *
 * asked → waits → the process is free → computed → done */

#include "gateway/chart_desk.h"

#include "base/clock.h"
#include "base/log.h"
#include "gateway/chart_program.h"

#include <stdlib.h>

#define WAITING_MAX 64
#define PATIENCE_MS 8000
#define LOOK_MS     250

struct waiting {
    struct waiting *next;
    struct arena arena;
    struct str line;
    uint64_t since_ns;
    void (*done)(void *arg, enum err err, struct str answer);
    void *arg;
};

struct chart_desk {
    struct loop *loop;
    char path[CHART_PATH_BYTES];
    struct chart_program *program; /* NULL until first needed */
    struct loop_timer *look;
    struct waiting *first;
    struct waiting **end;
    size_t count;
    struct waiting *refused;
};

static struct waiting *take_first(struct chart_desk *desk)
{
    struct waiting *first = desk->first;
    desk->first = first->next;
    if (!desk->first)
        desk->end = &desk->first;
    desk->count--;
    return first;
}

static void finish(struct waiting *waiting, enum err err, struct str answer)
{
    struct arena arena = waiting->arena;
    waiting->done(waiting->arg, err, answer);
    arena_free(&arena);
}

static void computed(void *arg, enum err err, struct str answer)
{
    finish(arg, err, answer);
}

static void serve(void *arg)
{
    struct chart_desk *desk = arg;
    uint64_t now_ns = clock_monotonic_ns();
    while (desk->refused) {
        struct waiting *refused = desk->refused;
        desk->refused = refused->next;
        finish(refused, ERR_UNAVAILABLE, (struct str){0});
    }
    while (desk->first && now_ns - desk->first->since_ns > PATIENCE_MS * UINT64_C(1000000))
        finish(take_first(desk), ERR_TIMEOUT, (struct str){0});
    if (desk->first && desk->program && chart_program_is_free(desk->program)) {
        struct waiting *waiting = take_first(desk);
        chart_program_ask(desk->program, waiting->line, computed, waiting);
    }
    if (!desk->first)
        loop_timer_stop(desk->look);
}

static bool begin(struct chart_desk *desk)
{
    if (!desk->program && !chart_program_find(desk->path)) {
        log_event(LOG_ERROR, "frontdesk-chart is not beside frontdesk", log_cstr("path", desk->path));
        return false;
    }
    if (!desk->program)
        desk->program = chart_program_new(desk->loop, desk->path, serve, desk);
    return true;
}

void chart_desk_ask(struct chart_desk *desk, struct str line,
                    void (*done)(void *arg, enum err err, struct str answer), void *arg)
{
    struct arena arena = {0};
    struct waiting *waiting = arena_new(&arena, struct waiting);
    waiting->line = arena_copy(&arena, line);
    waiting->since_ns = clock_monotonic_ns();
    waiting->done = done;
    waiting->arg = arg;
    waiting->arena = arena;
    if (desk->count == WAITING_MAX || line.len > CHART_JOB_BYTES || !begin(desk)) {
        /* Told from the loop, as everybody is. */
        waiting->next = desk->refused;
        desk->refused = waiting;
    } else {
        *desk->end = waiting;
        desk->end = &waiting->next;
        desk->count++;
    }
    loop_timer_start(desk->look, 0, LOOK_MS);
}

struct chart_desk *chart_desk_new(struct loop *loop)
{
    struct chart_desk *desk = calloc(1, sizeof *desk);
    if (!desk)
        abort();
    desk->loop = loop;
    desk->end = &desk->first;
    desk->look = loop_timer_new(loop, serve, desk);
    return desk;
}

void chart_desk_free(struct chart_desk *desk)
{
    while (desk->first) {
        struct arena arena = take_first(desk)->arena;
        arena_free(&arena);
    }
    while (desk->refused) {
        struct arena arena = desk->refused->arena;
        desk->refused = desk->refused->next;
        arena_free(&arena);
    }
    if (desk->program)
        chart_program_free(desk->program);
    loop_timer_free(desk->look);
    free(desk);
}
