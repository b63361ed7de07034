/* How does a file of config/flows become a flow? Every mistake is told with its line, none stops the reading
 * of the rest. */

#include "talk/flow.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/env.h"
#include "base/folder.h"
#include "base/yaml.h"

#define MAX_LENGTH_USUAL 100
#define MAX_LENGTH_MOST  1000
#define PATIENCE_USUAL   60
#define PATIENCE_MOST    10080 /* a week */
#define MISSES_USUAL     3
#define MISSES_MOST      9

static const struct {
    const char *name;
    enum answer_kind kind;
    const char *field; /* how the lexicon calls it when the step does not say */
} kinds[] = {
    {"name", ANSWER_NAME, "name"},    {"date", ANSWER_DATE, "date"}, {"time", ANSWER_TIME, "time"},
    {"place", ANSWER_PLACE, "place"}, {"choice", ANSWER_CHOICE, ""}, {"phone", ANSWER_PHONE, "phone"},
    {"text", ANSWER_TEXT, ""},
};

/* Ids become keys of JSON, phrases and buttons: lower case, digits and underscores, a letter first. */
static bool is_id(struct str text)
{
    if (text.len == 0 || text.len > 40 || text.data[0] < 'a' || text.data[0] > 'z')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return true;
}

const char *answer_kind_name(enum answer_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return "text";
}

static void read_kind(struct step *step, const struct yaml *node, struct problems *problems)
{
    const struct yaml *kind = yaml_get(node, "kind");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_eq(yaml_text(kind), str_from(kinds[i].name)))
            continue;
        step->kind = kinds[i].kind;
        step->field = kinds[i].field[0] ? str_from(kinds[i].field) : step->id;
        return;
    }
    yaml_problem(problems, kind ? kind : node,
                 "kind must be one of name, date, time, place, choice, phone, text");
}

static void read_choices(struct step *step, const struct yaml *node, struct problems *problems)
{
    const struct yaml *choices = yaml_get(node, "choices");
    if (!choices) {
        if (step->kind == ANSWER_CHOICE)
            yaml_problem(problems, node, "a step of kind choice needs choices");
        return;
    }
    if (step->kind != ANSWER_CHOICE || choices->kind != YAML_LIST || choices->count == 0 ||
        choices->count > FLOW_CHOICES_MAX) {
        yaml_problem(problems, choices, "choices must be a list of 1 to %d ids, of a step of kind choice",
                     FLOW_CHOICES_MAX);
        return;
    }
    for (const struct yaml *choice = choices->first; choice; choice = choice->next) {
        if (!is_id(yaml_text(choice)))
            yaml_problem(problems, choice, "a choice's id must be lower case letters, digits, underscores");
        step->choices[step->choice_count++] = yaml_text(choice);
    }
}

static void read_step(struct flow *flow, const struct yaml *node, struct problems *problems)
{
    static const char *const keys[] = {"id",   "kind",       "field",   "unknown", "skip",
                                       "when", "max_length", "choices", NULL};
    struct step step = {.id = yaml_text(yaml_get(node, "id")), .line = node->line};
    yaml_check_keys(node, keys, problems);
    if (!is_id(step.id)) {
        yaml_problem(problems, node, "a step needs an id of lower case letters, digits, underscores");
        return;
    }
    if (flow_step(flow, step.id, NULL)) {
        yaml_problem(problems, yaml_get(node, "id"), "this step stands here twice");
        return;
    }
    read_kind(&step, node, problems);
    if (yaml_get(node, "field"))
        step.field = yaml_text(yaml_get(node, "field"));
    step.may_be_unknown = yaml_bool(node, "unknown", false, problems);
    step.may_skip = yaml_bool(node, "skip", false, problems);
    step.max_length = (int)yaml_int(node, "max_length", MAX_LENGTH_USUAL, 1, MAX_LENGTH_MOST, problems);
    const struct yaml *when = yaml_get(node, "when");
    step.is_future = str_eq(yaml_text(when), STR("future"));
    if (when && !step.is_future && !str_eq(yaml_text(when), STR("past")))
        yaml_problem(problems, when, "when must be past or future");
    read_choices(&step, node, problems);
    flow->steps[flow->step_count++] = step;
}

static void read_steps(struct flow *flow, const struct yaml *root, struct problems *problems)
{
    const struct yaml *steps = yaml_get(root, "steps");
    if (!steps || steps->kind != YAML_LIST || steps->count == 0 || steps->count > FLOW_STEPS_MAX) {
        yaml_problem(problems, steps ? steps : root, "a flow needs a list of 1 to %d steps", FLOW_STEPS_MAX);
        return;
    }
    for (const struct yaml *step = steps->first; step; step = step->next)
        read_step(flow, step, problems);
}

static struct str expanded(const struct yaml *node, struct arena *arena, struct problems *problems)
{
    if (yaml_is_null(node))
        return (struct str){0};
    struct str text = {0};
    const char *why;
    if (!env_expand(arena, yaml_text(node), &text, &why))
        yaml_problem(problems, node, "%s", why);
    return str_trim(text);
}

static void read_webhook(struct flow *flow, const struct yaml *node, struct arena *arena,
                         struct problems *problems)
{
    flow->webhook = expanded(node, arena, problems);
    if (flow->webhook.len && !str_starts(flow->webhook, STR("https://")) &&
        !str_starts(flow->webhook, STR("http://")))
        yaml_problem(problems, node, "a webhook must be an http or https URL");
}

static void read_end(struct flow *flow, const struct yaml *root, struct arena *arena,
                     struct problems *problems)
{
    static const char *const keys[] = {"webhook", NULL};
    const struct yaml *end = yaml_get(root, "at_end");
    if (yaml_is_null(end))
        return;
    if (end->kind != YAML_LIST)
        yaml_problem(problems, end, "at_end must be a list of chart and webhook");
    for (const struct yaml *item = end->kind == YAML_LIST ? end->first : NULL; item; item = item->next) {
        if (item->kind == YAML_MAP && yaml_get(item, "webhook")) {
            yaml_check_keys(item, keys, problems);
            read_webhook(flow, yaml_get(item, "webhook"), arena, problems);
        } else if (str_eq(yaml_text(item), STR("chart"))) {
            flow->ends_with_chart = true;
        } else {
            yaml_problem(problems, item, "at_end knows \"chart\" and \"webhook: URL\"");
        }
    }
}

/* One of a few words; empty where it is not set. */
static struct str read_word(const struct yaml *map, const char *key, const char *const *words,
                            const char *list, struct problems *problems)
{
    const struct yaml *node = yaml_get(map, key);
    if (yaml_is_null(node))
        return (struct str){0};
    for (size_t i = 0; words[i]; i++)
        if (str_eq(yaml_text(node), str_from(words[i])))
            return str_from(words[i]);
    yaml_problem(problems, node, "%s is one of %s", key, list);
    return (struct str){0};
}

static void read_chart(struct flow *flow, const struct yaml *root, struct problems *problems)
{
    static const char *const keys[] = {"ayanamsa", "houses", "node", NULL};
    static const char *const ayanamsas[] = {"lahiri", "raman", "krishnamurti", NULL};
    static const char *const houses[] = {"whole_sign", "placidus", NULL};
    static const char *const nodes[] = {"mean", "true", NULL};
    const struct yaml *chart = yaml_get(root, "chart");
    if (yaml_is_null(chart))
        return;
    if (chart->kind != YAML_MAP) {
        yaml_problem(problems, chart, "chart has the members ayanamsa, houses and node");
        return;
    }
    yaml_check_keys(chart, keys, problems);
    flow->chart.ayanamsa = read_word(chart, "ayanamsa", ayanamsas, "lahiri, raman, krishnamurti", problems);
    flow->chart.houses = read_word(chart, "houses", houses, "whole_sign, placidus", problems);
    flow->chart.node = read_word(chart, "node", nodes, "mean, true", problems);
}

static void print_tree(struct buf *out, const struct yaml *node)
{
    buf_printf(out, "%d:%zu:%.*s:%zu:%.*s;", (int)node->kind, node->key.len, STR_ARG(node->key),
               node->text.len, STR_ARG(node->text));
    for (const struct yaml *child = node->first; child; child = child->next)
        print_tree(out, child);
    buf_put_char(out, '.');
}

/* Of what the file says, not of its comments and blanks: editing those starts no new version. */
static struct str digest_of(const struct yaml *root, struct arena *arena)
{
    struct buf text = {.arena = arena};
    print_tree(&text, root);
    uint8_t digest[SHA256_BYTES];
    sha256(buf_str(&text), digest);
    return hex_encode(arena, digest, 8);
}

static struct flow *read_flow(const struct folder_file *file, struct arena *arena, struct problems *problems)
{
    static const char *const keys[] = {"steps",  "confirm", "at_end", "patience_minutes",
                                       "misses", "person",  "region", "may_text",
                                       "chart",  NULL};
    const struct yaml *root = yaml_load(file->path, arena, problems);
    if (!root)
        return NULL;
    struct flow *flow = arena_new(arena, struct flow);
    flow->id = file->id;
    flow->file = root->file;
    flow->version = digest_of(root, arena);
    if (!is_id(flow->id))
        yaml_problem(problems, root, "a flow's file name must be lower case letters, digits, underscores");
    yaml_check_keys(root, keys, problems);
    read_steps(flow, root, problems);
    read_end(flow, root, arena, problems);
    read_chart(flow, root, problems);
    flow->confirms = yaml_bool(root, "confirm", true, problems);
    flow->may_text = yaml_bool(root, "may_text", false, problems);
    flow->patience_minutes =
        (int)yaml_int(root, "patience_minutes", PATIENCE_USUAL, 1, PATIENCE_MOST, problems);
    flow->misses_max = (int)yaml_int(root, "misses", MISSES_USUAL, 1, MISSES_MOST, problems);
    flow->person = expanded(yaml_get(root, "person"), arena, problems);
    flow->region = yaml_text(yaml_get(root, "region"));
    return flow;
}

const struct flow *flows_load(const char *folder, struct arena *arena, struct problems *problems)
{
    size_t problems_before = problems->count;
    struct folder_file files[FOLDER_FILES_MAX];
    size_t count = folder_files(folder, files, arena, problems);
    const struct flow *first = NULL;
    const struct flow **end = &first;
    for (size_t i = 0; i < count; i++) {
        struct flow *flow = read_flow(&files[i], arena, problems);
        if (!flow)
            continue;
        *end = flow;
        end = &flow->next;
    }
    if (!first && problems->count == problems_before)
        problem_add(problems, str_from(folder), 0, 0, "no flow here");
    return problems->count == problems_before ? first : NULL;
}

const struct flow *flow_find(const struct flow *flows, struct str id)
{
    while (flows && !str_eq(flows->id, id))
        flows = flows->next;
    return flows;
}

const struct step *flow_step(const struct flow *flow, struct str id, size_t *index)
{
    for (size_t i = 0; i < flow->step_count; i++) {
        if (!str_eq(flow->steps[i].id, id))
            continue;
        if (index)
            *index = i;
        return &flow->steps[i];
    }
    return NULL;
}
