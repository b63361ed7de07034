/* Has somebody written every phrase that may have to be said, and does each fit where it is shown? */

#include "talk/chart_keys.h"
#include "talk/check.h"

#define BUTTON_POINTS 20 /* WhatsApp's limits */
#define ROW_POINTS    24
#define BUTTONS_MAX   3

/* What every conversation may have to say, whatever its flow. */
static const char *const common_phrases[] = {
    "after.ask",
    "after.failed",
    "again.confirm",
    "again.offer",
    "agent.none",
    "agent.person",
    "back.first",
    "call.apology",
    "call.by_text",
    "call.by_web",
    "call.bye",
    "call.closed",
    "call.erase_by_text",
    "call.erase_in_writing",
    "call.goodbye",
    "call.heard",
    "call.language",
    "call.moved",
    "call.offer_text",
    "call.once_more",
    "call.resumed",
    "call.retry",
    "call.texted",
    "call.unclear",
    "call.zero",
    "change.ask",
    "choices.aloud",
    "choices.menu",
    "confirm.ask",
    "confirm.help",
    "confirm.line",
    "confirm.unknown",
    "confirm.unsaid",
    "date.words",
    "desk.asked",
    "desk.away",
    "desk.back",
    "desk.nobody",
    "desk.still",
    "desk.texts",
    "desk.wait",
    "delete.ask",
    "delete.by_text",
    "delete.done",
    "delete.word",
    "edit.ask",
    "field.latitude",
    "field.longitude",
    "field.timezone",
    "field.unknown_field",
    "field.wrong_type",
    "heard.ask",
    "help.about",
    "help.begin",
    "help.commands",
    "kept",
    "label.agent",
    "label.change",
    "label.correct",
    "label.first_time",
    "label.for_other",
    "label.go_on",
    "label.my_chart",
    "label.new",
    "label.no",
    "label.none_of_these",
    "label.nothing",
    "label.once_more",
    "label.right",
    "label.second_time",
    "label.skip",
    "label.try_again",
    "label.unknown",
    "label.wait",
    "label.yes",
    "language.none",
    "language.script",
    "language.switched",
    "language.which",
    "hello",
    "miss.confirm",
    "miss.offer",
    "month.1",
    "month.2",
    "month.3",
    "month.4",
    "month.5",
    "month.6",
    "month.7",
    "month.8",
    "month.9",
    "month.10",
    "month.11",
    "month.12",
    "noted",
    "corrected",
    "late",
    "miss.wrong_day",
    "miss.wrong_leap_day",
    "miss.no_year",
    "miss.no_day",
    "miss.question",
    "miss.hour",
    "miss.hour_or_unknown",
    "nudge.ask",
    "opt_in.done",
    "opt_out.done",
    "other.contacts",
    "other.location",
    "other.media",
    "other.silence",
    "other.unheard",
    "other.unsupported",
    "rest.completed",
    "rest.failed",
    "rest.generating_chart",
    "near.ask",
    "pin.ask",
    "return.ask",
    "return.confirm",
    "restart.ask",
    "restart.done",
    "status.answers",
    "time.afternoon",
    "time.evening",
    "time.evening_from",
    "time.midnight",
    "time.morning",
    "time.night",
    "time.noon",
    "value.skipped",
    "value.unknown",
    "value.unsaid",
    "way_out.ask",
    "way_out.later",
};

static const char *const known_gaps[] = {"address", "antar",      "clock", "count", "day",   "done",
                                         "field",   "first_name", "label", "maha",  "month", "number",
                                         "other",   "person",     "signs", "title", "value", "year"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static struct str language_file(const struct checking *checking, struct str language)
{
    size_t count;
    const struct phrase_entry *entries = phrasebook_entries(checking->script->phrases, language, &count);
    return count ? entries[0].file : language;
}

static bool require(const struct checking *checking, struct str language, struct str flow, const char *name)
{
    if (phrase_exists(checking->script->phrases, language, flow, name))
        return true;
    problem_add(checking->problems, language_file(checking, language), 0, 0,
                "the phrase \"%s\" is missing%s%.*s", name, flow.len ? ", needed by the flow " : "",
                STR_ARG(flow));
    return false;
}

/* `<step>.<what>`, or the one of its kind. */
static void require_step(const struct checking *checking, struct str language, const struct flow *flow,
                         const struct step *step, const char *what)
{
    const char *own = arena_printf(checking->arena, "%.*s.%s", STR_ARG(step->id), what).data;
    const char *common = arena_printf(checking->arena, "%s.%s", what, answer_kind_name(step->kind)).data;
    if (phrase_exists(checking->script->phrases, language, flow->id, common))
        return;
    require(checking, language, flow->id, own);
}

static void check_label(const struct checking *checking, const struct phrase_entry *entry, size_t most)
{
    size_t points = entry ? utf8_length(entry->text) : 0;
    if (points > most)
        problem_add(checking->problems, entry->file, entry->line, entry->column,
                    "the label \"%.*s\" has %zu characters, WhatsApp allows %zu", STR_ARG(entry->text),
                    points, most);
}

/* A choice may be sent as its words: by SMS these would stop us instead. */
static void check_word(const struct checking *checking, const struct phrase_entry *entry)
{
    if (entry && opt_out_is_word(entry->text))
        problem_add(checking->problems, entry->file, entry->line, entry->column,
                    "the choice \"%.*s\" is a word that SMS carriers act on themselves",
                    STR_ARG(entry->text));
}

/* What a choice is called besides its title; every choice can do without. */
static void check_names(const struct checking *checking, struct str language, const struct flow *flow,
                        const struct step *step, struct str choice)
{
    const char *heard = arena_join(checking->arena, step->id, STR(".heard."), choice).data;
    const struct phrase_entry *entry = phrase_find(checking->script->phrases, language, flow->id, heard);
    struct str rest = entry ? entry->text : (struct str){0}, name;
    size_t count = 0;
    while (str_cut(&rest, ',', &name))
        count++;
    if (count > FLOW_NAMES_MAX)
        problem_add(checking->problems, entry->file, entry->line, entry->column,
                    "a choice is called by more than %d names here", FLOW_NAMES_MAX);
}

static void check_choices(const struct checking *checking, struct str language, const struct flow *flow,
                          const struct step *step)
{
    for (size_t i = 0; i < step->choice_count; i++) {
        const char *name =
            arena_printf(checking->arena, "%.*s.choices.%.*s", STR_ARG(step->id), STR_ARG(step->choices[i]))
                .data;
        const struct phrase_entry *entry = phrase_find(checking->script->phrases, language, flow->id, name);
        if (require(checking, language, flow->id, name))
            check_label(checking, entry, step->choice_count <= BUTTONS_MAX ? BUTTON_POINTS : ROW_POINTS);
        check_word(checking, entry);
        check_names(checking, language, flow, step, step->choices[i]);
    }
}

static void require_misses(const struct checking *checking, struct str language, const struct flow *flow,
                           const struct step *step)
{
    static const struct {
        enum answer_kind kind;
        const char *why;
    } possible[] = {
        {ANSWER_NAME, "too_long"},    {ANSWER_TEXT, "too_long"},   {ANSWER_DATE, "impossible"},
        {ANSWER_DATE, "incomplete"},  {ANSWER_TIME, "impossible"}, {ANSWER_TIME, "incomplete"},
        {ANSWER_PLACE, "incomplete"}, {ANSWER_PLACE, "not_found"}, {ANSWER_PHONE, "impossible"},
        {ANSWER_PHONE, "incomplete"},
    };
    for (size_t i = 0; i < COUNT(possible); i++)
        if (possible[i].kind == step->kind)
            require_step(checking, language, flow, step,
                         arena_printf(checking->arena, "miss.%s", possible[i].why).data);
    require_step(checking, language, flow, step, "miss.none");
    require_step(checking, language, flow, step, "miss.unknown");
    if (step->kind != ANSWER_DATE)
        return;
    require_step(checking, language, flow, step, step->is_future ? "miss.past" : "miss.future");
    require_step(checking, language, flow, step, "miss.too_old");
}

static void check_step_phrases(const struct checking *checking, struct str language, const struct flow *flow,
                               const struct step *step)
{
    const char *label = arena_printf(checking->arena, "%.*s.label", STR_ARG(step->id)).data;
    if (require(checking, language, flow->id, label))
        check_label(checking, phrase_find(checking->script->phrases, language, flow->id, label), ROW_POINTS);
    require_step(checking, language, flow, step, "ask");
    require_step(checking, language, flow, step, "help");
    require_step(checking, language, flow, step, "example");
    require_step(checking, language, flow, step, "again");
    if (step->kind != ANSWER_NAME && step->kind != ANSWER_TEXT)
        require_step(checking, language, flow, step, "which");
    if (step->kind == ANSWER_PLACE)
        require_step(checking, language, flow, step, "none_of_these");
    require_misses(checking, language, flow, step);
    check_choices(checking, language, flow, step);
}

static void check_flow_phrases(const struct checking *checking, struct str language, const struct flow *flow)
{
    require(checking, language, flow->id, "greet");
    require(checking, language, flow->id, flow->ends_with_chart ? "done.chart" : "done.end");
    for (size_t i = 0; i < flow->step_count; i++)
        check_step_phrases(checking, language, flow, &flow->steps[i]);
}

static bool is_known_gap(struct str gap)
{
    for (size_t i = 0; i < COUNT(known_gaps); i++)
        if (str_eq(gap, str_from(known_gaps[i])))
            return true;
    return false;
}

static void check_gaps(const struct checking *checking, const struct phrase_entry *entry)
{
    struct str rest = entry->text;
    size_t open = str_find_char(rest, '{');
    while (open != STR_NONE) {
        rest = str_slice(rest, open + 1, rest.len);
        size_t close = str_find_char(rest, '}');
        struct str gap = str_slice(rest, 0, close == STR_NONE ? rest.len : close);
        if (close == STR_NONE || !is_known_gap(gap))
            problem_add(checking->problems, entry->file, entry->line, entry->column,
                        "nothing fills the gap \"{%.*s\" of the phrase \"%.*s\"", STR_ARG(gap),
                        STR_ARG(entry->name));
        open = str_find_char(rest, '{');
    }
}

static bool is_of_pages(struct str name)
{
    return str_starts(name, STR("chat.")) || str_starts(name, STR("widget."));
}

/* The scripts of the pages name their words themselves: what any language has for them, each must have. */
static void check_pages(const struct checking *checking, struct str language)
{
    const struct phrasebook *phrases = checking->script->phrases;
    struct str languages[LANGUAGES_MAX];
    size_t language_count = phrasebook_languages(phrases, languages, LANGUAGES_MAX);
    for (size_t i = 0; i < language_count; i++) {
        size_t count;
        const struct phrase_entry *entries = phrasebook_entries(phrases, languages[i], &count);
        for (size_t k = 0; k < count; k++)
            if (is_of_pages(entries[k].name))
                require(checking, language, (struct str){0}, entries[k].name.data);
    }
}

void check_phrases(const struct checking *checking, struct str language)
{
    size_t count;
    const struct phrase_entry *entries = phrasebook_entries(checking->script->phrases, language, &count);
    for (size_t i = 0; i < COUNT(common_phrases); i++)
        require(checking, language, (struct str){0}, common_phrases[i]);
    const char *name;
    for (size_t i = 0; (name = chart_phrase(i, checking->arena)); i++)
        require(checking, language, (struct str){0}, name);
    check_pages(checking, language);
    for (size_t i = 0; i < count; i++) {
        check_gaps(checking, &entries[i]);
        if (str_eq(entries[i].name, STR("choices.menu")))
            check_label(checking, &entries[i], BUTTON_POINTS);
        if (str_starts(entries[i].name, STR("label."))) {
            check_label(checking, &entries[i], BUTTON_POINTS);
            check_word(checking, &entries[i]);
        }
    }
    for (const struct flow *flow = checking->script->flows; flow; flow = flow->next)
        check_flow_phrases(checking, language, flow);
}
