/* What is said of a chart, and what when there is none?
 *
 * Of the chart itself the conversation remembers only what it says: three signs and the Moon's nakshatra, by
 * key. All words about them are phrases: plain ones, without fear and without promises. */

#include "talk/chart.h"

#include "talk/turn.h"

#define SIGNS      12
#define NAKSHATRAS 27

static const char *const signs[SIGNS] = {"aries",       "taurus",    "gemini",   "cancer",
                                         "leo",         "virgo",     "libra",    "scorpio",
                                         "sagittarius", "capricorn", "aquarius", "pisces"};

static const char *const nakshatras[NAKSHATRAS] = {
    "ashwini",
    "bharani",
    "krittika",
    "rohini",
    "mrigashira",
    "ardra",
    "punarvasu",
    "pushya",
    "ashlesha",
    "magha",
    "purva_phalguni",
    "uttara_phalguni",
    "hasta",
    "chitra",
    "swati",
    "vishakha",
    "anuradha",
    "jyeshtha",
    "mula",
    "purva_ashadha",
    "uttara_ashadha",
    "shravana",
    "dhanishta",
    "shatabhisha",
    "purva_bhadrapada",
    "uttara_bhadrapada",
    "revati",
};

/* The three signs: members of the chart, and how their phrases are called. */
static const struct {
    const char *member;
    const char *either; /* NULL: it has none */
    const char *name;
} places[] = {
    {"sun_sign", "sun_sign_either", "sun"},
    {"moon_sign", "moon_sign_either", "moon"},
    {"ascendant", NULL, "ascendant"},
};
#define PLACES (sizeof places / sizeof *places)

const char *chart_phrase(size_t index, struct arena *arena)
{
    if (index < SIGNS)
        return arena_printf(arena, "chart.sign.%s", signs[index]).data;
    index -= SIGNS;
    if (index < PLACES * SIGNS)
        return arena_printf(arena, "chart.%s.%s", places[index / SIGNS].name, signs[index % SIGNS]).data;
    index -= PLACES * SIGNS;
    return index < NAKSHATRAS ? arena_printf(arena, "chart.nakshatra.%s", nakshatras[index]).data : NULL;
}

/* NULL when it is no key of the list, or null: what is remembered may be another version's. */
static const char *known_key(const struct json *value, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(json_text(value), str_from(keys[i])))
            return keys[i];
    return NULL;
}

static const char *sign_of(const struct json *value)
{
    return known_key(value, signs, SIGNS);
}

static void keep(struct turn *turn, struct json *kept, const char *member)
{
    const struct json *value = member ? json_get(turn->input->chart, member) : NULL;
    if (value && json_kind(value) != JSON_NULL_VALUE)
        json_set(turn->arena, kept, member, value);
}

void chart_remember(struct turn *turn)
{
    struct json *kept = json_new_object(turn->arena);
    for (size_t i = 0; i < PLACES; i++) {
        keep(turn, kept, places[i].member);
        keep(turn, kept, places[i].either);
    }
    keep(turn, kept, "time_known");
    const struct json *nakshatra = json_get(json_get(turn->input->chart, "nakshatra"), "name");
    if (nakshatra)
        json_set(turn->arena, kept, "nakshatra", nakshatra);
    turn->memory.chart = kept;
}

/* ---- Words ---- */

static struct str sign_words(struct turn *turn, const char *sign)
{
    return turn_words(turn, arena_printf(turn->arena, "chart.sign.%s", sign).data, NULL);
}

static void put_line(struct buf *lines, struct str line)
{
    if (lines->len && line.len)
        buf_put_char(lines, '\n');
    buf_put(lines, line);
}

static void put_value(struct turn *turn, struct buf *lines, const char *name, struct str value)
{
    struct str label = turn_words(turn, arena_printf(turn->arena, "chart.%s.label", name).data, NULL);
    struct filling fillings[] = {{"label", label}, {"value", value}, {NULL, {0}}};
    put_line(lines, turn_words(turn, "chart.line", fillings));
}

/* One sign; or, of a day on which it changed, both. */
static void put_sign(struct turn *turn, struct buf *lines, size_t place)
{
    const struct json *chart = turn->memory.chart;
    const char *sign = sign_of(json_get(chart, places[place].member));
    const struct json *either = places[place].either ? json_get(chart, places[place].either) : NULL;
    const char *earlier = sign_of(json_at(either, 0));
    const char *later = sign_of(json_at(either, 1));
    if (sign) {
        put_value(turn, lines, places[place].name, sign_words(turn, sign));
    } else if (earlier && later) {
        struct filling both[] = {
            {"value", sign_words(turn, earlier)}, {"other", sign_words(turn, later)}, {NULL, {0}}};
        put_value(turn, lines, places[place].name, turn_words(turn, "chart.either", both));
    }
}

struct str chart_lines(struct turn *turn)
{
    const struct json *chart = turn->memory.chart;
    struct buf lines = {.arena = turn->arena};
    if (!chart)
        return (struct str){0};
    for (size_t i = 0; i < PLACES; i++)
        put_sign(turn, &lines, i);
    const char *nakshatra = known_key(json_get(chart, "nakshatra"), nakshatras, NAKSHATRAS);
    if (nakshatra)
        put_value(turn, &lines, "nakshatra",
                  turn_words(turn, arena_printf(turn->arena, "chart.nakshatra.%s", nakshatra).data, NULL));
    if (!json_truth(json_get(chart, "time_known")))
        put_line(&lines, turn_words(turn, "chart.no_time", NULL));
    else if (!sign_of(json_get(chart, "ascendant")))
        put_line(&lines, turn_words(turn, "chart.no_ascendant", NULL));
    return buf_str(&lines);
}

struct str chart_words(struct turn *turn)
{
    for (size_t i = 0; i < turn->flow->step_count; i++)
        if (!call_may_say(turn, &turn->flow->steps[i]))
            return (struct str){0};
    return chart_lines(turn);
}

struct str chart_insights(struct turn *turn)
{
    struct buf lines = {.arena = turn->arena};
    for (size_t i = 0; i < PLACES; i++) {
        const char *sign = sign_of(json_get(turn->memory.chart, places[i].member));
        if (sign && lines.len == 0)
            put_line(&lines, turn_words(turn, "chart.insights", NULL));
        if (sign)
            put_line(
                &lines,
                turn_words(turn, arena_printf(turn->arena, "chart.%s.%s", places[i].name, sign).data, NULL));
    }
    return buf_str(&lines);
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

static struct str clock_text(const struct turn *turn, size_t index)
{
    return json_text(json_get(json_at(turn->memory.clock, index), "birth_time"));
}

static bool came_twice(const struct turn *turn)
{
    return str_eq(clock_text(turn, 0), clock_text(turn, 1));
}

void chart_offer(struct turn *turn, struct choice out[2])
{
    static const char *const labels[] = {"label.first_time", "label.second_time"};
    static const struct str ids[] = {STR_INIT("first"), STR_INIT("second")};
    for (size_t i = 0; i < 2; i++) {
        int hour;
        int minute;
        bool is_time = !came_twice(turn) && answer_time(clock_text(turn, i), &hour, &minute);
        out[i] = (struct choice){.id = ids[i],
                                 .title = is_time ? turn_time_words(turn, hour, minute, true)
                                                  : turn_words(turn, labels[i], NULL)};
    }
}

struct str chart_question(struct turn *turn)
{
    return turn_words(turn, came_twice(turn) ? "chart.which_twice" : "chart.which_skipped", NULL);
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
    turn->out.next.data = answers_with(turn->out.next.data, answers, turn->arena);
    turn->out.utc_offset = json_get(moment, "utc_offset");
    turn->out.starts_chart = true;
    turn->out.kind = TURN_ANSWERED;
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
