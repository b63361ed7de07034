/* How is a flow drawn? One line of Mermaid a place and a way. */

#include "cli/flow_graph.h"

#include "talk/flow_map.h"

#include <string.h>

#define INDENT 4

struct drawing {
    struct buf out;
    struct str prefix; /* of every place's name, so that flows in one diagram don't share them */
    int depth;
};

static struct str name_of(const struct drawing *drawing, struct str id)
{
    return id.len ? arena_printf(drawing->out.arena, "%.*s%.*s", STR_ARG(drawing->prefix), STR_ARG(id))
                  : STR("[*]");
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

static void draw_places(struct drawing *drawing, const struct flow_map *map, bool is_inside)
{
    for (size_t i = 0; i < map->place_count; i++)
        if (map->places[i].is_inside == is_inside)
            draw_state(drawing, name_of(drawing, map->places[i].id), map->places[i].title);
}

static void draw_ways(struct drawing *drawing, const struct flow_map *map, bool is_inside)
{
    for (size_t i = 0; i < map->way_count; i++) {
        const struct flow_way *way = &map->ways[i];
        if (way->is_inside == is_inside)
            draw_way(drawing, name_of(drawing, way->from), name_of(drawing, way->to), way->title);
    }
}

/* Inside collecting_data: first its questions, then the ways between them. */
static void draw_flow(struct drawing *drawing, const struct flow_map *map)
{
    draw_places(drawing, map, false);
    draw_ways(drawing, map, false);
    open_state(drawing, name_of(drawing, STR("collecting_data")));
    draw_places(drawing, map, true);
    draw_ways(drawing, map, true);
    close_state(drawing);
}

struct str flow_graph(const struct flow *flow, const struct phrasebook *phrases, struct arena *arena)
{
    struct drawing drawing = {.out = {.arena = arena}, .depth = 1};
    buf_put(&drawing.out, STR("stateDiagram-v2\n"));
    draw_flow(&drawing, flow_map_of(flow, phrases, arena));
    return buf_str(&drawing.out);
}

struct str flow_graph_of_all(const struct flow *flows, const struct phrasebook *phrases, struct arena *arena)
{
    struct drawing drawing = {.out = {.arena = arena}, .depth = 1};
    buf_put(&drawing.out, STR("stateDiagram-v2\n"));
    for (const struct flow *flow = flows; flow; flow = flow->next) {
        struct str name = arena_printf(arena, "flow_%.*s", STR_ARG(flow->id));
        drawing.prefix = arena_printf(arena, "%.*s__", STR_ARG(flow->id));
        draw_state(&drawing, name, flow->id);
        open_state(&drawing, name);
        draw_flow(&drawing, flow_map_of(flow, phrases, arena));
        close_state(&drawing);
    }
    return buf_str(&drawing.out);
}
