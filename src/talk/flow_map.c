/* Which places does a flow have, and which ways lead from one to the other? */

#include "talk/flow_map.h"

/* A map while it is made. */
struct survey {
    struct flow_map *map;
    const struct phrasebook *phrases;
    struct arena *arena;
};

static struct str phrase_of(const struct survey *survey, const char *name)
{
    return phrase(survey->phrases, STR("en"), survey->map->flow->id, name, MANNER_WRITTEN, NULL,
                  survey->arena);
}

static struct str phrase_of_step(const struct survey *survey, const struct step *step, const char *what)
{
    return phrase_of(survey, arena_printf(survey->arena, "%.*s.%s", STR_ARG(step->id), what).data);
}

/* A word in front keeps a step called `edit` or `failed` from being taken for another place. */
static struct str id_of_step(const struct survey *survey, size_t index)
{
    return arena_printf(survey->arena, "step_%.*s", STR_ARG(survey->map->flow->steps[index].id));
}

static void add_status(struct survey *survey, const char *name)
{
    struct flow_map *map = survey->map;
    map->places[map->place_count++] =
        (struct flow_place){.id = str_from(name), .title = str_from(name), .label = str_from(name)};
}

static void add_question(struct survey *survey, struct flow_place question)
{
    question.is_inside = true;
    survey->map->places[survey->map->place_count++] = question;
}

static void add_way(struct survey *survey, struct str from, struct str to, enum way_kind kind,
                    struct str title)
{
    struct flow_map *map = survey->map;
    map->ways[map->way_count++] = (struct flow_way){.from = from, .to = to, .kind = kind, .title = title};
}

static void add_inner_way(struct survey *survey, struct str from, struct str to, enum way_kind kind,
                          struct str title)
{
    add_way(survey, from, to, kind, title);
    survey->map->ways[survey->map->way_count - 1].is_inside = true;
}

static void survey_step(struct survey *survey, size_t index)
{
    const struct flow *flow = survey->map->flow;
    const struct step *step = &flow->steps[index];
    struct str here = id_of_step(survey, index);
    struct str next = index + 1 < flow->step_count ? id_of_step(survey, index + 1)
                      : flow->confirms             ? STR("confirm")
                                                   : (struct str){0};
    add_inner_way(survey, here, next, WAY_ON, phrase_of_step(survey, step, "label"));
    if (step->may_be_unknown)
        add_inner_way(survey, here, next, WAY_UNKNOWN, phrase_of(survey, "label.unknown"));
    if (step->may_skip)
        add_inner_way(survey, here, next, WAY_SKIP, phrase_of(survey, "label.skip"));
    if (index > 0)
        add_inner_way(survey, here, id_of_step(survey, index - 1), WAY_BACK, STR("back"));
}

/* Everything is read back; whatever is changed leads here again. */
static void survey_confirmation(struct survey *survey)
{
    const struct flow *flow = survey->map->flow;
    struct str confirm = STR("confirm");
    struct str edit = STR("edit");
    add_inner_way(survey, confirm, (struct str){0}, WAY_ON, phrase_of(survey, "label.right"));
    add_inner_way(survey, confirm, edit, WAY_CHANGE, phrase_of(survey, "label.change"));
    add_inner_way(survey, confirm, id_of_step(survey, flow->step_count - 1), WAY_BACK, STR("back"));
    add_inner_way(survey, edit, confirm, WAY_CHANGE, phrase_of(survey, "label.nothing"));
    for (size_t i = 0; i < flow->step_count; i++) {
        struct str step = id_of_step(survey, i);
        add_inner_way(survey, edit, step, WAY_CHANGE, phrase_of_step(survey, &flow->steps[i], "label"));
        if (i + 1 < flow->step_count)
            add_inner_way(survey, step, confirm, WAY_CHANGE, STR("changed"));
    }
}

static void survey_questions(struct survey *survey)
{
    const struct flow *flow = survey->map->flow;
    for (size_t i = 0; i < flow->step_count; i++)
        add_question(survey, (struct flow_place){.id = id_of_step(survey, i),
                                                 .title = phrase_of_step(survey, &flow->steps[i], "ask"),
                                                 .label = phrase_of_step(survey, &flow->steps[i], "label"),
                                                 .step = &flow->steps[i]});
    if (flow->confirms) {
        add_question(survey, (struct flow_place){.id = STR("confirm"),
                                                 .title = phrase_of(survey, "confirm.ask"),
                                                 .label = phrase_of(survey, "return.confirm")});
        add_question(survey, (struct flow_place){.id = STR("edit"),
                                                 .title = phrase_of(survey, "edit.ask"),
                                                 .label = STR("change")});
    }
    add_inner_way(survey, (struct str){0}, id_of_step(survey, 0), WAY_ON, (struct str){0});
    for (size_t i = 0; i < flow->step_count; i++)
        survey_step(survey, i);
    if (flow->confirms)
        survey_confirmation(survey);
}

static void survey_end(struct survey *survey)
{
    struct str collecting = STR("collecting_data");
    struct str completed = STR("completed");
    struct str failed = STR("failed");
    const struct flow *flow = survey->map->flow;
    if (flow->ends_with_chart) {
        struct str generating = STR("generating_chart");
        add_way(survey, collecting, generating, WAY_ON, STR("chart"));
        add_way(survey, generating, completed, WAY_ON, STR("chart is ready"));
        add_way(survey, generating, failed, WAY_FAIL, STR("no chart can be made"));
        add_way(survey, failed, (struct str){0}, WAY_FAIL, (struct str){0});
    } else {
        add_way(survey, collecting, completed, WAY_ON,
                flow->webhook.len ? STR("webhook is called") : (struct str){0});
    }
    add_way(survey, completed, (struct str){0}, WAY_ON, (struct str){0});
}

const struct flow_map *flow_map_of(const struct flow *flow, const struct phrasebook *phrases,
                                   struct arena *arena)
{
    struct survey survey = {arena_new(arena, struct flow_map), phrases, arena};
    *survey.map = (struct flow_map){.flow = flow};
    add_status(&survey, "started");
    add_status(&survey, "collecting_data");
    if (flow->ends_with_chart)
        add_status(&survey, "generating_chart");
    add_status(&survey, "completed");
    if (flow->ends_with_chart)
        add_status(&survey, "failed");
    add_way(&survey, (struct str){0}, STR("started"), WAY_ON, (struct str){0});
    add_way(&survey, STR("started"), STR("collecting_data"), WAY_ON, phrase_of(&survey, "greet"));
    survey_questions(&survey);
    survey_end(&survey);
    return survey.map;
}
