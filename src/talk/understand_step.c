/* What did the person mean, as an answer to this step? Puts the grammars of src/understand/ and the limits
 * of the flow together. */

#include "talk/turn.h"
#include "understand/normalise.h"

/* How far ahead a coming day may lie, at most. */
#define YEARS_AHEAD 2

struct str turn_region(const struct turn *turn)
{
    return turn->input->region.len ? turn->input->region : turn->flow->region;
}

struct utterance turn_utterance(const struct turn *turn, struct str text)
{
    return (struct utterance){
        .text = text,
        .hearing = turn->hearing,
        .language = turn->out->next.language,
        .region = turn_region(turn),
        .is_region_guess = turn->input->is_region_guess,
        .today = turn->input->today,
        .kept = turn->heard,
    };
}

static struct meant nothing(const char *why)
{
    return (struct meant){.meaning = MEANT_NOTHING, .why = why};
}

static const char *reason_name(enum reason reason)
{
    switch (reason) {
    case REASON_NONE:
        return "none";
    case REASON_IMPOSSIBLE:
        return "impossible";
    case REASON_FUTURE:
        return "future";
    case REASON_TOO_OLD:
        return "too_old";
    case REASON_INCOMPLETE:
        return "incomplete";
    }
    return "none";
}

static struct meant value(struct turn *turn, const struct step *step, struct str text)
{
    return (struct meant){.meaning = MEANT_VALUE, .members = answer_members(step, text, turn->arena)};
}

static struct meant several(struct turn *turn, const struct step *step, const struct understood *found)
{
    struct json *list = json_new_list(turn->arena);
    for (size_t i = 0; i < found->count; i++)
        json_add(turn->arena, list, answer_members(step, found->values[i], turn->arena));
    return (struct meant){.meaning = MEANT_SEVERAL, .candidates = list, .why = "ambiguous"};
}

struct meant step_meaning(struct turn *turn, const struct step *step, const struct understood *found)
{
    switch (found->finding) {
    case FOUND:
        return value(turn, step, found->values[0]);
    case FOUND_SEVERAL:
        return several(turn, step, found);
    case FOUND_UNKNOWN:
        return (struct meant){.meaning = MEANT_UNKNOWN};
    case FOUND_NOTHING:
        return (struct meant){
            .meaning = MEANT_NOTHING, .why = reason_name(found->reason), .said = found->values[0]};
    }
    return nothing("none");
}

static struct meant understand_place_step(struct turn *turn, const struct step *step,
                                          const struct utterance *said, const enum renown *alone)
{
    const struct lexicon *lexicon = turn->script->lexicon;
    struct place_query query = understand_place(lexicon, said, turn->arena);
    bool has_none = query.finding == FOUND_NOTHING && query.reason == REASON_NONE;
    /* "A village near Kanpur" has no name to look up, but the town it is near to has. */
    if (has_none && !alone)
        query = understand_place_near(lexicon, said, turn->arena);
    if (query.finding == FOUND_UNKNOWN)
        return (struct meant){.meaning = MEANT_UNKNOWN};
    if (query.finding == FOUND_NOTHING || query.count == 0)
        return nothing(reason_name(query.reason));
    if (turn->has_used_findings)
        return nothing("not_found");
    if (!turn->input->findings) {
        turn->out->wants_places = true;
        struct place_query *places = arena_new(turn->arena, struct place_query);
        *places = query;
        turn->out->places = places;
        return (struct meant){.meaning = MEANT_WAITS};
    }
    const struct place *places[VALUES_MAX] = {NULL};
    struct understood found = place_decide(&query, turn->input->findings, places, turn->arena);
    if (alone &&
        (found.finding != FOUND || found.is_guess || !places[0] ||
         !place_is_all(lexicon, said, &query, turn->input->findings, places[0], *alone, turn->arena)))
        return nothing("none");
    if (found.finding == FOUND && places[0] && !found.is_guess && !has_none)
        return (struct meant){.meaning = MEANT_VALUE, .members = answer_place(step, places[0], turn->arena)};
    if (found.finding != FOUND && found.finding != FOUND_SEVERAL)
        return nothing(found.reason == REASON_NONE && query.certain > 0 && !has_none
                           ? "not_found"
                           : reason_name(found.reason));
    struct json *list = json_new_list(turn->arena);
    for (size_t i = 0; i < VALUES_MAX && places[i]; i++)
        json_add(turn->arena, list, answer_place(step, places[i], turn->arena));
    if (json_count(list) == 0)
        return nothing("not_found");
    bool is_near = has_none || place_is_nearby(&query, turn->input->findings, places[0]);
    return (struct meant){.meaning = MEANT_SEVERAL,
                          .candidates = list,
                          .guess = is_near ? GUESS_NEAR : GUESS_HEARD,
                          .why = "ambiguous"};
}

/* What people may call a choice: what every language calls it, and what its `heard` phrases add. */
static void add_names(struct turn *turn, const struct step *step, struct offered *offered)
{
    const struct phrasebook *book = turn->script->phrases;
    const char *title = arena_join(turn->arena, step->id, STR(".choices."), offered->id).data;
    const char *heard = arena_join(turn->arena, step->id, STR(".heard."), offered->id).data;
    struct str languages[LANGUAGES_MAX], name;
    size_t count = phrasebook_languages(book, languages, LANGUAGES_MAX);
    struct str *names = arena_new_array(turn->arena, struct str, count * (1 + FLOW_NAMES_MAX));
    for (size_t i = 0; i < count; i++) {
        const struct phrase_entry *entry = phrase_find(book, languages[i], turn->flow->id, title);
        if (entry)
            names[offered->name_count++] = entry->text;
        entry = phrase_find(book, languages[i], turn->flow->id, heard);
        struct str rest = entry ? entry->text : (struct str){0};
        for (size_t more = 0; more < FLOW_NAMES_MAX && str_cut(&rest, ',', &name); more++)
            names[offered->name_count++] = str_trim(name);
    }
    offered->names = names;
}

static struct meant understand_choice_step(struct turn *turn, const struct step *step,
                                           const struct utterance *said)
{
    struct offered offers[FLOW_CHOICES_MAX];
    for (size_t i = 0; i < step->choice_count; i++) {
        offers[i] = (struct offered){.id = step->choices[i],
                                     .title = turn_choice_title(turn, step, step->choices[i])};
        add_names(turn, step, &offers[i]);
    }
    struct understood found =
        understand_choice(turn->script->lexicon, said, offers, step->choice_count, turn->arena);
    return step_meaning(turn, step, &found);
}

static bool is_before(struct str iso, struct date day)
{
    struct date date;
    return date_from_iso(iso, &date) && date_to_days(date) < date_to_days(day);
}

/* The grammar reads dates that lie behind: it is asked as of a later day, so that coming ones are behind too.
 * Words that count from today ("today") are those that move along with it. */
static struct understood read_coming(struct turn *turn, const struct utterance *said)
{
    const struct lexicon *lexicon = turn->script->lexicon;
    struct understood now = understand_date(lexicon, said, turn->arena);
    struct utterance later = *said;
    later.today = (struct date){(int16_t)(said->today.year + YEARS_AHEAD), 12, 31};
    struct understood then = understand_date(lexicon, &later, turn->arena);
    struct date yesterday = date_from_days(date_to_days(said->today) - 1);
    bool counts_from_today = now.finding == FOUND && !is_before(now.values[0], yesterday);
    bool is_named_ahead = now.finding == FOUND_NOTHING && now.reason == REASON_FUTURE && now.count == 1;
    if (is_named_ahead)
        now.finding = FOUND;
    return counts_from_today || is_named_ahead ? now : then;
}

/* Of several days only those that come; the others can't be meant. */
static struct understood coming_of(struct understood found, struct date today)
{
    struct understood coming = {.finding = FOUND_NOTHING, .reason = REASON_TOO_OLD};
    for (size_t i = 0; i < found.count; i++)
        if (!is_before(found.values[i], today))
            coming.values[coming.count++] = found.values[i];
    if (coming.count > 0)
        coming.finding = coming.count > 1 ? FOUND_SEVERAL : FOUND;
    return coming;
}

/* "15 December" is the next one that comes. */
static struct understood read_without_year(struct turn *turn, const struct utterance *said)
{
    struct understood found = {.finding = FOUND_NOTHING, .reason = REASON_INCOMPLETE};
    for (int year = said->today.year; year <= said->today.year + 1; year++) {
        struct utterance whole = *said;
        whole.text = arena_printf(turn->arena, "%.*s %d", STR_ARG(said->text), year);
        found = read_coming(turn, &whole);
        bool is_past = found.count > 0 && coming_of(found, said->today).finding == FOUND_NOTHING;
        if (found.finding == FOUND_NOTHING || !is_past)
            break;
    }
    return found;
}

/* The day of the month that was said, and nothing else of a date; 0 where it is none. */
static int bare_day(struct understood found)
{
    struct date said;
    bool is_bare = answer_date_said(found.values[0], &said) && said.month == 0 && said.year == 0;
    return is_bare ? said.day : 0;
}

/* The first month from that one on that has such a day. */
static struct understood day_from_month(struct turn *turn, int day, struct date month)
{
    while (month.month > 12 || date_days_in_month(month.year, month.month) < day) {
        bool is_over = month.month >= 12;
        month.year = (int16_t)(month.year + is_over);
        month.month = (uint8_t)(is_over ? 1 : month.month + 1);
    }
    return (struct understood){
        .finding = FOUND,
        .values = {arena_printf(turn->arena, "%04d-%02d-%02d", month.year, month.month, day)},
        .count = 1};
}

/* "The 25th" is the next one: of this month, or of the first after it that has such a day. */
static struct understood next_of_month(struct turn *turn, struct understood found)
{
    struct date month = turn->input->today;
    int day = bare_day(found);
    month.month = (uint8_t)(month.month + (day < month.day));
    return day > 0 ? day_from_month(turn, day, month) : found;
}

/* "The 5th of next month", "15 December next year". Without a day it is none yet. */
static struct understood read_span(struct turn *turn, const struct utterance *said, struct str rest,
                                   enum coming_span span)
{
    struct understood none = {.finding = FOUND_NOTHING, .reason = REASON_INCOMPLETE};
    struct utterance part = *said;
    struct date month = turn->input->today;
    month.month++;
    part.text = rest;
    if (span == SPAN_YEAR)
        part.text = arena_printf(turn->arena, "%.*s %d", STR_ARG(rest), said->today.year + 1);
    struct understood found = read_coming(turn, &part);
    if (span == SPAN_YEAR)
        return found.finding == FOUND || found.finding == FOUND_SEVERAL ? found : none;
    return bare_day(found) > 0 ? day_from_month(turn, bare_day(found), month) : none;
}

static struct understood read_coming_date(struct turn *turn, const struct utterance *said)
{
    enum coming_span span;
    struct understood found = understand_coming_day(turn->script->lexicon, said, turn->arena);
    if (found.finding != FOUND_NOTHING || found.reason == REASON_INCOMPLETE)
        return found;
    struct str rest = understand_without_span(turn->script->lexicon, said, &span, turn->arena);
    if (span != SPAN_NONE)
        return read_span(turn, said, rest, span);
    found = read_coming(turn, said);
    if (found.finding != FOUND_NOTHING || found.reason != REASON_INCOMPLETE)
        return found;
    struct understood day = next_of_month(turn, found);
    return day.finding == FOUND ? day : read_without_year(turn, said);
}

/* A number and nothing else is the day of the month, but a "1" may have been meant for a list above: it is
 * read back. */
static struct meant understand_coming_date(struct turn *turn, const struct step *step,
                                           const struct utterance *said)
{
    struct understood found = read_coming_date(turn, said);
    int64_t number;
    bool is_number = said->hearing == HEARD_TEXT && str_to_int64(text_fold(turn->arena, said->text), &number);
    if (found.finding == FOUND || found.finding == FOUND_SEVERAL)
        found = coming_of(found, said->today);
    if (found.finding == FOUND_NOTHING && found.reason == REASON_TOO_OLD)
        return nothing("past");
    if (is_number && number <= FLOW_CHOICES_MAX && found.finding == FOUND)
        return several(turn, step, &found);
    return step_meaning(turn, step, &found);
}

static struct meant within_length(const struct step *step, struct str text, struct meant meant)
{
    if (meant.meaning == MEANT_VALUE && utf8_length(text) > (size_t)step->max_length)
        return nothing("too_long");
    return meant;
}

static struct meant understand_kind(struct turn *turn, const struct step *step, const struct utterance *said)
{
    const struct lexicon *lexicon = turn->script->lexicon;
    struct understood found;
    switch (step->kind) {
    case ANSWER_NAME:
        found = understand_name(lexicon, said, turn->arena);
        return within_length(step, found.values[0], step_meaning(turn, step, &found));
    case ANSWER_DATE:
        if (step->is_future)
            return understand_coming_date(turn, step, said);
        found = understand_date(lexicon, said, turn->arena);
        return step_meaning(turn, step, &found);
    case ANSWER_TIME:
        found = understand_time(lexicon, said, turn->arena);
        return step_meaning(turn, step, &found);
    case ANSWER_PHONE:
        found = understand_phone(lexicon, said, turn->arena);
        return step_meaning(turn, step, &found);
    case ANSWER_PLACE:
        return understand_place_step(turn, step, said, NULL);
    case ANSWER_CHOICE:
        return understand_choice_step(turn, step, said);
    case ANSWER_TEXT:
        if (said->text.len == 0 || understand_unknown(lexicon, said, turn->arena))
            return nothing("none");
        return within_length(step, said->text, value(turn, step, said->text));
    }
    return nothing("none");
}

/* "Not quite sure, 20 August": more than one part of a date was told. */
static bool is_half_told(const struct meant *meant)
{
    struct date said;
    bool is_date = answer_date_said(meant->said, &said);
    return is_date && (said.day > 0) + (said.month > 0) + (said.year > 0) > 1;
}

struct meant step_understand(struct turn *turn, const struct step *step, struct str text)
{
    struct utterance said = turn_utterance(turn, text);
    struct meant meant = understand_kind(turn, step, &said);
    if (meant.meaning == MEANT_NOTHING && said.text.len && !is_half_told(&meant) &&
        understand_unknown(turn->script->lexicon, &said, turn->arena))
        return (struct meant){.meaning = MEANT_UNKNOWN};
    return meant;
}

struct meant step_understand_place_alone(struct turn *turn, const struct step *step, struct str text,
                                         enum renown least)
{
    struct utterance said = turn_utterance(turn, text);
    return understand_place_step(turn, step, &said, &least);
}
