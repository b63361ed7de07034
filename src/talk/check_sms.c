/* How many SMS does a conversation take when everything goes well? Plays it with usual answers, through the
 * same code that a real one takes, and counts what would be sent. */

#include "talk/check.h"

#define QUESTION_SEGMENTS 1
#define CONFIRM_SEGMENTS  2
#define CHART_SEGMENTS    2
#define GSM7_AIM          8
#define UCS2_AIM          12
/* https://charts.example.com/c/… */
#define LINK_CHARACTERS   75

static const struct str longest_chart =
    STR_INIT("{\"sun_sign\":\"sagittarius\",\"moon_sign\":\"sagittarius\",\"ascendant\":\"sagittarius\","
             "\"nakshatra\":\"uttara_bhadrapada\",\"time_known\":true}");

/* As an SMS shows it: the choices as numbered lines. */
static struct str written(const struct outbound *say, struct arena *arena)
{
    struct buf text = {.arena = arena};
    buf_put(&text, say->brief.len ? say->brief : say->text);
    for (size_t i = 0; i < say->choice_count; i++)
        buf_printf(&text, "\n%zu %.*s", i + 1, STR_ARG(say->choices[i].title));
    if (say->shows == SHOWS_OWN_CHART)
        buf_printf(&text, "\n%0*d", LINK_CHARACTERS, 0);
    return buf_str(&text);
}

static const struct json *usual_answer(const struct step *step, struct arena *arena)
{
    const struct place pune = {
        .name = STR("Pune"),
        .admin1 = STR("Maharashtra"),
        .country_name = STR("India"),
        .latitude = 18.52,
        .longitude = 73.86,
        .timezone = STR("Asia/Kolkata"),
    };
    switch (step->kind) {
    case ANSWER_NAME:
        return answer_members(step, STR("Priyanka Sharma"), arena);
    case ANSWER_DATE:
        return answer_members(step, STR("1990-09-15"), arena);
    case ANSWER_TIME:
        return answer_members(step, STR("18:30"), arena);
    case ANSWER_PLACE:
        return answer_place(step, &pune, arena);
    case ANSWER_CHOICE:
        return answer_members(step, step->choices[0], arena);
    case ANSWER_PHONE:
        return answer_members(step, STR("+919876543210"), arena);
    case ANSWER_TEXT:
        return answer_members(step, STR("A few words as usual"), arena);
    }
    return NULL;
}

/* Where an operator would mend it: the phrase that asks. */
static void add_problem(const struct checking *checking, const struct flow *flow, struct str language,
                        const char *phrase_name, size_t segments, size_t most)
{
    const struct phrase_entry *entry =
        phrase_find(checking->script->phrases, language, flow->id, phrase_name);
    problem_add(checking->problems, entry ? entry->file : flow->file, entry ? entry->line : 0,
                entry ? entry->column : 0,
                "in the flow %.*s this takes %zu SMS segments, %zu would be allowed", STR_ARG(flow->id),
                segments, most);
}

struct counted {
    size_t sum;
    bool is_gsm7; /* all of them */
};

size_t check_count(const struct checking *checking, struct turn *turn, bool *is_gsm7)
{
    size_t segments = 0;
    for (size_t i = 0; i < turn->out->say_count; i++) {
        bool is_one_gsm7 = true;
        segments += checking->segments(written(&turn->out->says[i], checking->arena), &is_one_gsm7);
        *is_gsm7 = *is_gsm7 && is_one_gsm7;
    }
    turn->out->say_count = 0;
    return segments;
}

static void count(const struct checking *checking, struct turn *turn, const char *phrase_name, size_t most,
                  struct counted *counted)
{
    size_t segments = check_count(checking, turn, &counted->is_gsm7);
    counted->sum += segments;
    if (segments > most)
        add_problem(checking, turn->flow, turn->out->next.language, phrase_name, segments, most);
}

struct turn check_turn(const struct checking *checking, const struct flow *flow, struct str language,
                       const struct input *input)
{
    struct turn turn = {
        .script = checking->script,
        .flow = flow,
        .input = input,
        .arena = checking->arena,
        .lead = {.arena = checking->arena},
        .out = arena_new(checking->arena, struct outcome),
    };
    turn.out->next =
        talk_new_session(flow, CHANNEL_SMS, language, (struct uuid){{0}}, STR("check"), checking->arena);
    return turn;
}

void check_segments(const struct checking *checking, const struct flow *flow, struct str language,
                    struct buf *report)
{
    struct input input = {.kind = INPUT_BEGIN};
    struct turn turn = check_turn(checking, flow, language, &input);
    struct counted counted = {.is_gsm7 = true};
    turn_begin(&turn);
    for (size_t i = 0; i < flow->step_count; i++) {
        const char *asked = arena_printf(checking->arena, "%.*s.ask", STR_ARG(flow->steps[i].id)).data;
        count(checking, &turn, asked, QUESTION_SEGMENTS, &counted);
        take_members(&turn, &flow->steps[i], usual_answer(&flow->steps[i], checking->arena));
    }
    if (flow->confirms) {
        count(checking, &turn, "confirm.ask", CONFIRM_SEGMENTS, &counted);
        take_choice(&turn, STR("yes"));
    }
    count(checking, &turn, flow->ends_with_chart ? "done.chart" : "done.end", QUESTION_SEGMENTS, &counted);
    if (flow->ends_with_chart) {
        json_parse(checking->arena, longest_chart, &turn.memory.chart);
        chart_tell(&turn);
        /* The rest is spare, and not said by SMS. */
        turn.out->say_count = 1;
        count(checking, &turn, "chart.brief", CHART_SEGMENTS, &counted);
    }
    size_t aim = counted.is_gsm7 ? GSM7_AIM : UCS2_AIM;
    buf_printf(report, "%.*s in %.*s: %zu SMS segments (%s) on the happy path, %s %zu\n", STR_ARG(flow->id),
               STR_ARG(language), counted.sum, counted.is_gsm7 ? "GSM-7" : "UCS-2",
               counted.sum <= aim ? "within the aim of" : "over the aim of", aim);
}
