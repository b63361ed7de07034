/* How is a flow drawn? One line of Mermaid a state and a way. */

#include "cli/flow_graph.h"

#include <string.h>

#define INDENT 4

struct drawing {
    struct buf out;
    const struct flow *flow;
    const struct phrasebook *phrases;
    struct str prefix; /* of every state's name, so that flows in one diagram don't share them */
    int depth;
};

/* A state's name in Mermaid; a word in front keeps a step called `state` or `end` from being syntax. */
static struct str state(const struct drawing *drawing, const char *kind, struct str id)
{
    return arena_printf(drawing->out.arena, "%.*s%s%.*s", STR_ARG(drawing->prefix), kind, STR_ARG(id));
}

static struct str state_of_step(const struct drawing *drawing, size_t index)
{
    return state(drawing, "step_", drawing->flow->steps[index].id);
}

static struct str status(const struct drawing *drawing, const char *name)
{
    return state(drawing, name, (struct str){0});
}

/* Mermaid reads some characters as syntax of its own; a colon only outside quotes, where a state's title is
 * not. */
static bool is_syntax(uint32_t point, bool is_title)
{
    if (point <= ' ' || point == 0x7F || (point == ':' && !is_title))
        return true;
    return point < 0x7F && strchr(";{}<>#%[]|`\\*", (int)point) != NULL;
}

static struct str label(struct str text, bool is_title, struct arena *arena)
{
    struct buf safe = {.arena = arena};
    bool owes_space = false;
    while (text.len) {
        uint32_t point = utf8_next(&text);
        if (is_syntax(point, is_title)) {
            owes_space = safe.len > 0;
            continue;
        }
        if (owes_space)
            buf_put_char(&safe, ' ');
        owes_space = false;
        buf_put_point(&safe, point == '"' ? '\'' : point);
    }
    return safe.len ? buf_str(&safe) : STR("(no words)");
}

static struct str phrase_of(const struct drawing *drawing, const char *name)
{
    return phrase(drawing->phrases, STR("en"), drawing->flow->id, name, MANNER_WRITTEN, NULL,
                  drawing->out.arena);
}

static struct str phrase_of_step(const struct drawing *drawing, const struct step *step, const char *what)
{
    return phrase_of(drawing, arena_printf(drawing->out.arena, "%.*s.%s", STR_ARG(step->id), what).data);
}

static void draw_state(struct drawing *drawing, struct str name, struct str title)
{
    buf_printf(&drawing->out, "%*sstate \"%.*s\" as %.*s\n", drawing->depth * INDENT, "",
               STR_ARG(label(title, true, drawing->out.arena)), STR_ARG(name));
}

static void draw_way(struct drawing *drawing, struct str from, struct str to, struct str title)
{
    buf_printf(&drawing->out, "%*s%.*s --> %.*s%s%.*s\n", drawing->depth * INDENT, "", STR_ARG(from),
               STR_ARG(to), title.len ? " : " : "",
               STR_ARG(title.len ? label(title, false, drawing->out.arena) : title));
}

static void open_state(struct drawing *drawing, struct str name)
{
    buf_printf(&drawing->out, "%*sstate %.*s {\n", drawing->depth++ * INDENT, "", STR_ARG(name));
}

static void close_state(struct drawing *drawing)
{
    buf_printf(&drawing->out, "%*s}\n", --drawing->depth * INDENT, "");
}

static void draw_step(struct drawing *drawing, size_t index)
{
    const struct flow *flow = drawing->flow;
    const struct step *step = &flow->steps[index];
    struct str here = state_of_step(drawing, index);
    struct str next = index + 1 < flow->step_count ? state_of_step(drawing, index + 1)
                      : flow->confirms             ? status(drawing, "confirm")
                                                   : STR("[*]");
    draw_way(drawing, here, next, phrase_of_step(drawing, step, "label"));
    if (step->may_be_unknown)
        draw_way(drawing, here, next, phrase_of(drawing, "label.unknown"));
    if (step->may_skip)
        draw_way(drawing, here, next, phrase_of(drawing, "label.skip"));
    if (index > 0)
        draw_way(drawing, here, state_of_step(drawing, index - 1), STR("back"));
}

/* Everything is read back; whatever is changed leads here again. */
static void draw_confirmation(struct drawing *drawing)
{
    const struct flow *flow = drawing->flow;
    struct str confirm = status(drawing, "confirm");
    struct str edit = status(drawing, "edit");
    draw_way(drawing, confirm, STR("[*]"), phrase_of(drawing, "label.right"));
    draw_way(drawing, confirm, edit, phrase_of(drawing, "label.change"));
    draw_way(drawing, confirm, state_of_step(drawing, flow->step_count - 1), STR("back"));
    draw_way(drawing, edit, confirm, phrase_of(drawing, "label.nothing"));
    for (size_t i = 0; i < flow->step_count; i++) {
        draw_way(drawing, edit, state_of_step(drawing, i), phrase_of_step(drawing, &flow->steps[i], "label"));
        if (i + 1 < flow->step_count)
            draw_way(drawing, state_of_step(drawing, i), confirm, STR("changed"));
    }
}

static void draw_end(struct drawing *drawing)
{
    struct str collecting = status(drawing, "collecting_data");
    struct str completed = status(drawing, "completed");
    struct str failed = status(drawing, "failed");
    if (drawing->flow->ends_with_chart) {
        struct str generating = status(drawing, "generating_chart");
        draw_way(drawing, collecting, generating, STR("chart"));
        draw_way(drawing, generating, completed, STR("chart is ready"));
        draw_way(drawing, generating, failed, STR("no chart can be made"));
        draw_way(drawing, failed, STR("[*]"), (struct str){0});
    } else {
        draw_way(drawing, collecting, completed,
                 drawing->flow->webhook.len ? STR("webhook is called") : (struct str){0});
    }
    draw_way(drawing, completed, STR("[*]"), (struct str){0});
}

/* Inside collecting_data: first its questions, then the ways between them. */
static void draw_questions(struct drawing *drawing)
{
    const struct flow *flow = drawing->flow;
    open_state(drawing, status(drawing, "collecting_data"));
    for (size_t i = 0; i < flow->step_count; i++)
        draw_state(drawing, state_of_step(drawing, i), phrase_of_step(drawing, &flow->steps[i], "ask"));
    if (flow->confirms) {
        draw_state(drawing, status(drawing, "confirm"), phrase_of(drawing, "confirm.ask"));
        draw_state(drawing, status(drawing, "edit"), phrase_of(drawing, "edit.ask"));
    }
    draw_way(drawing, STR("[*]"), state_of_step(drawing, 0), (struct str){0});
    for (size_t i = 0; i < flow->step_count; i++)
        draw_step(drawing, i);
    if (flow->confirms)
        draw_confirmation(drawing);
    close_state(drawing);
}

static void draw_flow(struct drawing *drawing)
{
    struct str collecting = status(drawing, "collecting_data");
    static const char *const statuses[] = {"started", "completed"};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        draw_state(drawing, status(drawing, statuses[i]), str_from(statuses[i]));
    draw_state(drawing, collecting, STR("collecting_data"));
    if (drawing->flow->ends_with_chart) {
        draw_state(drawing, status(drawing, "generating_chart"), STR("generating_chart"));
        draw_state(drawing, status(drawing, "failed"), STR("failed"));
    }
    draw_way(drawing, STR("[*]"), status(drawing, "started"), (struct str){0});
    draw_way(drawing, status(drawing, "started"), collecting, phrase_of(drawing, "greet"));
    draw_questions(drawing);
    draw_end(drawing);
}

struct str flow_graph(const struct flow *flow, const struct phrasebook *phrases, struct arena *arena)
{
    struct drawing drawing = {.out = {.arena = arena}, .flow = flow, .phrases = phrases, .depth = 1};
    buf_put(&drawing.out, STR("stateDiagram-v2\n"));
    draw_flow(&drawing);
    return buf_str(&drawing.out);
}

struct str flow_graph_of_all(const struct flow *flows, const struct phrasebook *phrases, struct arena *arena)
{
    struct drawing drawing = {.out = {.arena = arena}, .phrases = phrases, .depth = 1};
    buf_put(&drawing.out, STR("stateDiagram-v2\n"));
    for (const struct flow *flow = flows; flow; flow = flow->next) {
        struct str name = arena_printf(arena, "flow_%.*s", STR_ARG(flow->id));
        drawing.flow = flow;
        drawing.prefix = arena_printf(arena, "%.*s__", STR_ARG(flow->id));
        draw_state(&drawing, name, flow->id);
        open_state(&drawing, name);
        draw_flow(&drawing);
        close_state(&drawing);
    }
    return buf_str(&drawing.out);
}
