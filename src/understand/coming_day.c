/* Which day to come did the person mean, who told it from today? "Tomorrow", "parso", "next Monday", "in two
 * weeks", "Monday or Tuesday", "at the weekend". A week is no day. The time of day beside it ("kal subah",
 * "Friday at 5 pm") is no part of it. */

#include "understand/date_parts.h"

#define WEEK       7
#define COUNT_MOST 100 /* days or weeks; further ahead one names the date */

struct coming {
    bool has_days, has_weekday, has_count, has_unit; /* what was said, each at most once */
    bool has_link, is_next, is_known;                /* is_known: there is no word that has no place here */
    bool has_weekend;
    int days;    /* from today */
    int weekday; /* 0 Sunday to 6 Saturday */
    int count;
    int unit; /* days */
};

static bool put_once(bool *has, int *to, int value)
{
    bool is_first = !*has;
    *has = true;
    *to = value;
    return is_first;
}

/* What carries nothing; a weekday's or a count's own little words among it. */
static size_t little_words_at(const struct heard *heard, size_t at)
{
    static const enum word_class classes[] = {WORD_COMING_THIS, WORD_FILLER, WORD_LINK, WORD_TIME_LINK,
                                              WORD_DAY_PART};
    return heard_longest_of(heard, at, classes, sizeof classes / sizeof *classes);
}

static size_t take_word(struct coming *coming, const struct heard *heard, size_t at)
{
    const struct sense *sense;
    struct number number;
    size_t len, little = little_words_at(heard, at);
    if ((len = date_clock_at(heard, at)) > 0)
        return len;
    if ((len = heard_phrase(heard, at, WORD_COMING_DAY, &sense)) > 0 && len >= little) {
        coming->is_known = put_once(&coming->has_days, &coming->days, sense->value) && coming->is_known;
        return len;
    }
    if ((len = heard_phrase(heard, at, WORD_WEEKDAY, &sense)) > 0) {
        coming->is_known = put_once(&coming->has_weekday, &coming->weekday, sense->value) && coming->is_known;
        return len;
    }
    if ((len = heard_is(heard, at, WORD_WEEKEND)) > 0) {
        coming->has_weekend = true;
        return len;
    }
    if ((len = heard_phrase(heard, at, WORD_DAY_COUNT, &sense)) > 0) {
        coming->is_known = put_once(&coming->has_unit, &coming->unit, sense->value) && coming->is_known;
        return len;
    }
    if ((len = number_at(heard, at, &number)) > 0) {
        bool is_count = !number.is_ordinal && number.value >= 0 && number.value <= COUNT_MOST;
        coming->is_known =
            put_once(&coming->has_count, &coming->count, number.value) && is_count && coming->is_known;
        return len;
    }
    if ((len = heard_is(heard, at, WORD_COMING_NEXT)) > 0) {
        coming->is_next = true;
        return len;
    }
    if ((len = heard_is(heard, at, WORD_COMING_LINK)) > 0) {
        coming->has_link = true;
        return len;
    }
    if (little > 0)
        return little;
    coming->is_known = coming->is_known && heard->list[at].kind == TOKEN_MARK;
    return 1;
}

static struct str print_day(const struct heard *heard, int days)
{
    struct date date = date_from_days(date_to_days(heard->said->today) + days);
    return arena_printf(heard->arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

/* Days since Monday: weeks begin with it. */
static int since_monday(int weekday)
{
    return (weekday + WEEK - 1) % WEEK;
}

static void add_day(struct understood *found, const struct heard *heard, int days)
{
    found->values[found->count++] = print_day(heard, days);
    found->finding = found->count > 1 ? FOUND_SEVERAL : FOUND;
}

/* The next of that name. Where this week still has one, "next Friday" may be that or the one a week later; so
 * may the name of today. "Friday next week" is clear. */
static struct understood weekday(const struct coming *coming, const struct heard *heard)
{
    struct understood found = {0};
    int today = since_monday(date_weekday(heard->said->today)), wanted = since_monday(coming->weekday);
    int days = (wanted - today + WEEK) % WEEK;
    if (coming->has_unit && coming->unit == WEEK && coming->is_next) {
        add_day(&found, heard, wanted - today + WEEK);
        return found;
    }
    add_day(&found, heard, days);
    if (days == 0 || (coming->is_next && wanted > today))
        add_day(&found, heard, days + WEEK);
    return found;
}

/* Saturday or Sunday, what is left of them. From Monday on, "next weekend" may be this week's. */
static struct understood weekend(const struct coming *coming, const struct heard *heard)
{
    struct understood found = {0};
    int today = since_monday(date_weekday(heard->said->today)), saturday = WEEK - 2 - today;
    bool is_weekend = saturday <= 0;
    for (int days = saturday; days <= saturday + 1; days++)
        if (days >= 0 && !(coming->is_next && is_weekend))
            add_day(&found, heard, days);
    for (int days = saturday + WEEK; coming->is_next && days <= saturday + WEEK + 1; days++)
        add_day(&found, heard, days);
    return found;
}

/* The day that the words from one token to another tell. */
static struct understood tell_day(const struct heard *heard, size_t from, size_t to)
{
    struct coming coming = {.is_known = true, .count = 1};
    for (size_t at = from; at < to;)
        at += take_word(&coming, heard, at);
    bool is_counted = coming.has_unit && coming.has_link;
    bool is_stray = coming.has_count && !is_counted;
    if (!coming.is_known || is_stray || coming.has_weekday + coming.has_days + coming.has_weekend > 1)
        return understood_nothing(REASON_NONE);
    if (coming.has_weekend && !coming.has_unit)
        return weekend(&coming, heard);
    if (coming.has_weekday && !is_counted)
        return weekday(&coming, heard);
    if (coming.has_days && !is_counted && !coming.is_next)
        return understood_one(print_day(heard, coming.days));
    if (is_counted && !coming.has_weekday && !coming.has_days && !coming.is_next)
        return understood_one(print_day(heard, coming.count * coming.unit));
    return understood_nothing(REASON_NONE);
}

/* "Next week", "the first week of December", "that weekend or so": more than a day. */
static bool names_week(const struct heard *heard)
{
    const struct sense *unit;
    for (size_t at = 0; at < heard->count; at++)
        if (heard_is(heard, at, WORD_WEEKEND) > 0 ||
            (heard_phrase(heard, at, WORD_DAY_COUNT, &unit) > 0 && unit->value == WEEK))
            return true;
    return false;
}

struct understood understand_coming_day(const struct lexicon *lexicon, const struct utterance *said,
                                        struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    struct understood all = {.finding = FOUND};
    if (said->hearing == HEARD_KEYPAD)
        return understood_nothing(REASON_NONE);
    for (size_t from = 0, at = 0; at <= heard.count; at++) {
        size_t parted = heard_is(&heard, at, WORD_OR);
        if (at < heard.count && parted == 0)
            continue;
        struct understood day = tell_day(&heard, from, at);
        if (day.finding == FOUND_NOTHING)
            return understood_nothing(names_week(&heard) ? REASON_INCOMPLETE : REASON_NONE);
        for (size_t i = 0; i < day.count && all.count < VALUES_MAX; i++)
            all.values[all.count++] = day.values[i];
        from = at + parted;
    }
    all.finding = all.count > 1 ? FOUND_SEVERAL : FOUND;
    return all;
}

/* "(of the) next month". */
static size_t span_at(const struct heard *heard, size_t at, enum word_class span)
{
    size_t links = 0, len;
    while ((len = heard_is(heard, at + links, WORD_LINK)) > 0)
        links += len;
    size_t next = heard_is(heard, at + links, WORD_COMING_NEXT);
    size_t unit = next > 0 ? heard_is(heard, at + links + next, span) : 0;
    return unit > 0 ? links + next + unit : 0;
}

struct str understand_without_span(const struct lexicon *lexicon, const struct utterance *said,
                                   enum coming_span *span, struct arena *arena)
{
    static const enum word_class spans[] = {WORD_MONTH_MARK, WORD_YEAR_MARK};
    struct heard heard = hear(lexicon, said, arena);
    *span = SPAN_NONE;
    for (size_t at = 0; at < heard.count && heard_has(&heard, WORD_COMING_NEXT); at++)
        for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
            size_t len = span_at(&heard, at, spans[i]);
            if (len == 0)
                continue;
            *span = i == 0 ? SPAN_MONTH : SPAN_YEAR;
            return arena_printf(arena, "%.*s %.*s", STR_ARG(str_slice(heard.text, 0, heard.list[at].from)),
                                STR_ARG(str_slice(heard.text, heard.list[at + len - 1].to, heard.text.len)));
        }
    return said->text;
}
