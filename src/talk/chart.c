/* What is said of a chart, and what when there is none?
 *
 * Of the chart itself the conversation remembers only what it says: three signs and the Moon's nakshatra, by
 * key. telling_chart.c has the words; the gateway adds the addresses of the pages. */

#include "talk/turn.h"

#define INSIGHTS_TOLD 3

/* What is kept of a chart, beside the nakshatra. */
static const char *const kept_members[] = {"sun_sign",         "sun_sign_either", "moon_sign",
                                           "moon_sign_either", "ascendant",       "time_known"};

void chart_remember(struct turn *turn)
{
    struct json *kept = json_new_object(turn->arena);
    for (size_t i = 0; i < sizeof kept_members / sizeof *kept_members; i++) {
        const struct json *value = json_get(turn->input->chart, kept_members[i]);
        if (value && json_kind(value) != JSON_NULL_VALUE)
            json_set(turn->arena, kept, kept_members[i], value);
    }
    const struct json *nakshatra = json_get(json_get(turn->input->chart, "nakshatra"), "name");
    if (nakshatra)
        json_set(turn->arena, kept, "nakshatra", nakshatra);
    turn->memory.chart = kept;
}

struct str chart_lines(struct turn *turn)
{
    struct telling telling = turn_telling(turn);
    return tell_chart_lines(&telling, turn->memory.chart);
}

static bool may_say_all(struct turn *turn)
{
    for (size_t i = 0; i < turn->flow->step_count; i++)
        if (!call_may_say(turn, &turn->flow->steps[i]))
            return false;
    return true;
}

struct str chart_words(struct turn *turn)
{
    return may_say_all(turn) ? chart_lines(turn) : (struct str){0};
}

void chart_show(struct turn *turn, struct outbound *say)
{
    struct telling telling = turn_telling(turn);
    struct str brief = tell_chart_brief(&telling, turn->memory.chart);
    say->shows = SHOWS_OWN_CHART;
    say->link.title = turn_words(turn, "chart.link", NULL);
    say->brief = brief.len ? brief : say->text;
}

/* First what is for this person alone, then what they may hand on. */
void chart_tell(struct turn *turn)
{
    struct telling telling = turn_telling(turn);
    struct str insights[INSIGHTS_TOLD];
    turn_say(turn, arena_printf(turn->arena, "%.*s\n%.*s", STR_ARG(turn_words(turn, "chart.ready", NULL)),
                                STR_ARG(chart_words(turn))));
    chart_show(turn, &turn->out->says[turn->out->say_count - 1]);
    size_t count = tell_chart_insights(&telling, turn->memory.chart, insights, INSIGHTS_TOLD);
    struct buf lines = {.arena = turn->arena};
    if (count)
        buf_put(&lines, turn_words(turn, "chart.insights", NULL));
    for (size_t i = 0; i < count; i++)
        buf_printf(&lines, "\n%.*s", STR_ARG(insights[i]));
    turn_say(turn, buf_str(&lines));
    if (count == 0)
        return;
    struct outbound *shared = &turn->out->says[turn->out->say_count - 1];
    shared->shows = SHOWS_SHARED_CHART;
    shared->link.title = turn_words(turn, "chart.shared_link", NULL);
    shared->is_spare = true;
}

/* ---- A time that the clocks skipped or repeated ---- */

bool chart_doubts(struct turn *turn)
{
    const struct json *choices = turn->input->chart_choices;
    bool can_answer = turn->input->is_heard && !turn->input->is_opted_out;
    if (json_kind(choices) != JSON_LIST || json_count(choices) != 2 || !can_answer)
        return false;
    turn->memory.clock = choices;
    return true;
}

static struct str clock_text(const struct json *moments, size_t index)
{
    return json_text(json_get(json_at(moments, index), "birth_time"));
}

static bool came_twice(const struct json *moments)
{
    return str_eq(clock_text(moments, 0), clock_text(moments, 1));
}

enum clock_doubt talk_clock_doubt(const struct session *session)
{
    struct memory memory = memory_read(session->memory);
    if (session->status != SESSION_GENERATING_CHART || !memory.clock)
        return CLOCK_CLEAR;
    return came_twice(memory.clock) ? CLOCK_CAME_TWICE : CLOCK_SKIPPED;
}

void chart_offer(struct turn *turn, struct choice out[2])
{
    static const char *const labels[] = {"label.first_time", "label.second_time"};
    static const struct str ids[] = {STR_INIT("first"), STR_INIT("second")};
    for (size_t i = 0; i < 2; i++) {
        int hour;
        int minute;
        bool is_time =
            !came_twice(turn->memory.clock) && answer_time(clock_text(turn->memory.clock, i), &hour, &minute);
        out[i] = (struct choice){.id = ids[i],
                                 .title = is_time ? turn_time_words(turn, hour, minute, true)
                                                  : turn_words(turn, labels[i], NULL)};
    }
}

struct str chart_question(struct turn *turn)
{
    return turn_words(turn, came_twice(turn->memory.clock) ? "chart.which_twice" : "chart.which_skipped",
                      NULL);
}

/* The answers then say a time that there was. */
void chart_settle(struct turn *turn, struct str value)
{
    static const char *const members[] = {"birth_date", "birth_time"};
    const struct json *moment = json_at(turn->memory.clock, str_eq(value, STR("second")));
    struct json *answers = json_new_object(turn->arena);
    for (size_t i = 0; i < 2; i++)
        if (json_text(json_get(moment, members[i])).len)
            json_set(turn->arena, answers, members[i], json_get(moment, members[i]));
    turn_store_answer(turn, NULL, answers);
    turn->out->utc_offset = json_get(moment, "utc_offset");
    turn->out->starts_chart = true;
    turn->out->kind = TURN_ANSWERED;
    turn->memory.clock = NULL;
    turn->memory.asking = ASKING_NOTHING;
    turn->memory.misses = 0;
    turn_rest(turn);
}

/* Where the birth itself is the trouble, another answer helps; else only another try. */
struct str chart_failure(struct turn *turn)
{
    static const struct {
        struct str error;
        const char *words;
    } reasons[] = {
        {STR_INIT("time_did_not_exist"), "chart.failed_time"},
        {STR_INIT("time_came_twice"), "chart.failed_time"},
        {STR_INIT("date_out_of_range"), "chart.failed_date"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (str_eq(turn->input->chart_error, reasons[i].error))
            return turn_words(turn, reasons[i].words, NULL);
    return turn_words(turn, "chart.failed", NULL);
}
