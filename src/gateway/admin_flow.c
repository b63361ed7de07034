/* What does each flow look like, and how many of those who began today went which way? */

#include "gateway/admin_call.h"
#include "talk/flow_map.h"

/* How many went that way is told by what they have answered and how they stand; of ways back and of changes
 * nothing is kept. */
#define NOT_KNOWN (-1)

struct atlas {
    struct arena *arena;
    const struct flow_map *map;
    const struct json *today; /* of this flow, see sql/queries/desk_flow.sql; NULL: nobody began */
};

static int64_t number_of(const struct json *object, const char *member)
{
    int64_t number = 0;
    return json_to_int64(json_get(object, member), &number) ? number : 0;
}

static int64_t with_status(const struct atlas *atlas, enum session_status status)
{
    const struct json *by_status = json_get(atlas->today, "by_status");
    return number_of(by_status, arena_cstring(atlas->arena, session_status_name(status)));
}

/* All their answers were right. */
static int64_t past_questions(const struct atlas *atlas)
{
    return with_status(atlas, SESSION_GENERATING_CHART) + with_status(atlas, SESSION_COMPLETED) +
           with_status(atlas, SESSION_FAILED);
}

static const struct step *step_at(const struct atlas *atlas, struct str place)
{
    for (size_t i = 0; i < atlas->map->place_count; i++)
        if (str_eq(atlas->map->places[i].id, place))
            return atlas->map->places[i].step;
    return NULL;
}

static int64_t count_of_step(const struct atlas *atlas, const struct step *step, enum way_kind kind)
{
    static const char *const members[] = {
        [WAY_ON] = "answered", [WAY_UNKNOWN] = "unknown", [WAY_SKIP] = "skipped"};
    const struct json *steps = json_get(atlas->today, "steps");
    return number_of(json_get(steps, arena_cstring(atlas->arena, step->id)), members[kind]);
}

static int64_t count_of_way(const struct atlas *atlas, const struct flow_way *way)
{
    const struct step *step = step_at(atlas, way->from);
    if (way->kind == WAY_BACK || way->kind == WAY_CHANGE)
        return NOT_KNOWN;
    if (way->kind == WAY_FAIL)
        return with_status(atlas, SESSION_FAILED);
    if (step)
        return count_of_step(atlas, step, way->kind);
    if (str_eq(way->from, STR("confirm")))
        return past_questions(atlas);
    if (str_eq(way->to, STR("completed")))
        return with_status(atlas, SESSION_COMPLETED);
    return way->from.len == 0 && !way->is_inside ? number_of(atlas->today, "sessions")
                                                 : number_of(atlas->today, "asked");
}

static int64_t stand_at(const struct atlas *atlas, const struct flow_place *place)
{
    const struct json *here = json_get(atlas->today, "here");
    for (int status = SESSION_STARTED; status <= SESSION_FAILED; status++)
        if (str_eq(place->id, session_status_name((enum session_status)status)))
            return with_status(atlas, (enum session_status)status);
    if (str_eq(place->id, STR("confirm")))
        return number_of(here, arena_printf(atlas->arena, "%zu", atlas->map->flow->step_count).data);
    size_t index;
    if (!place->step || !flow_step(atlas->map->flow, place->step->id, &index))
        return NOT_KNOWN;
    return number_of(here, arena_printf(atlas->arena, "%zu", index).data);
}

static void set_count(const struct atlas *atlas, struct json *object, const char *member, int64_t count)
{
    if (count == NOT_KNOWN)
        json_set_null(atlas->arena, object, member);
    else
        json_set_int(atlas->arena, object, member, count);
}

/* collecting_data is not drawn as a place: its questions are. A way into it leads to the first of them, and
 * where the questions end the way out of it goes on. */
static struct str way_out(const struct atlas *atlas)
{
    for (size_t i = 0; i < atlas->map->way_count; i++)
        if (str_eq(atlas->map->ways[i].from, STR("collecting_data")))
            return atlas->map->ways[i].to;
    return (struct str){0};
}

static void add_places(const struct atlas *atlas, struct json *places, bool is_inside, bool is_start)
{
    for (size_t i = 0; i < atlas->map->place_count; i++) {
        const struct flow_place *from = &atlas->map->places[i];
        bool is_frame = str_eq(from->id, STR("collecting_data"));
        if (is_frame || from->is_inside != is_inside || str_eq(from->id, STR("started")) != is_start)
            continue;
        struct json *place = json_new_object(atlas->arena);
        json_set_str(atlas->arena, place, "id", from->id);
        json_set_str(atlas->arena, place, "title", from->title);
        json_set_str(atlas->arena, place, "label", from->label);
        json_set_bool(atlas->arena, place, "is_question", from->is_inside);
        set_count(atlas, place, "here", stand_at(atlas, from));
        json_add(atlas->arena, places, place);
    }
}

/* In the order in which they are come to. */
static const struct json *places_of(const struct atlas *atlas)
{
    struct json *places = json_new_list(atlas->arena);
    add_places(atlas, places, false, true);
    add_places(atlas, places, true, false);
    add_places(atlas, places, false, false);
    return places;
}

static const struct json *ways_of(const struct atlas *atlas)
{
    static const char *const kinds[] = {[WAY_ON] = "on",     [WAY_UNKNOWN] = "unknown", [WAY_SKIP] = "skip",
                                        [WAY_BACK] = "back", [WAY_CHANGE] = "change",   [WAY_FAIL] = "fail"};
    struct json *ways = json_new_list(atlas->arena);
    for (size_t i = 0; i < atlas->map->way_count; i++) {
        const struct flow_way *from = &atlas->map->ways[i];
        bool is_frame =
            str_eq(from->from, STR("collecting_data")) || str_eq(from->to, STR("collecting_data"));
        bool is_end = !from->is_inside && (from->from.len == 0 || from->to.len == 0);
        if (is_frame || is_end)
            continue;
        struct json *way = json_new_object(atlas->arena);
        json_set_str(atlas->arena, way, "from", from->from.len ? from->from : STR("started"));
        json_set_str(atlas->arena, way, "to", from->to.len ? from->to : way_out(atlas));
        json_set_str(atlas->arena, way, "title", from->title);
        json_set_str(atlas->arena, way, "kind", str_from(kinds[from->kind]));
        set_count(atlas, way, "count", count_of_way(atlas, from));
        json_add(atlas->arena, ways, way);
    }
    return ways;
}

static void counted(void *arg, enum err err, const struct json *today)
{
    struct admin_call *call = arg;
    struct arena *arena = call->arena;
    if (err != ERR_NONE) {
        admin_call_refuse(call, err, NULL);
        return;
    }
    struct json *flows = json_new_list(arena);
    const struct script *script = call->gateway->script;
    for (const struct flow *flow = script->flows; flow; flow = flow->next) {
        struct json *drawn = json_new_object(arena);
        struct atlas atlas = {arena, flow_map_of(flow, script->phrases, arena),
                              json_get(today, arena_cstring(arena, flow->id))};
        json_set_str(arena, drawn, "id", flow->id);
        json_set_int(arena, drawn, "sessions", number_of(atlas.today, "sessions"));
        json_set(arena, drawn, "places", places_of(&atlas));
        json_set(arena, drawn, "ways", ways_of(&atlas));
        json_add(arena, flows, drawn);
    }
    struct json *body = json_new_object(arena);
    json_set(arena, body, "flows", flows);
    admin_call_answer(call, body);
}

HANDLER(admin_flow)
{
    struct admin_call *call = admin_call_new(gateway, exchange, request, arena, ROLE_VIEWER);
    if (call)
        admin_call_ask(call, &(struct document_query){.name = "desk_flow", .is_slow = true}, counted, call);
}
