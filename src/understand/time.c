/* Which time of day did the person mean? All clock times and parts of the day in the answer, dates beside
 * them left out; a correction ("no, 7") replaces the time before it and keeps its part of the day. */

#include "understand/date_parts.h"
#include "understand/joined.h"
#include "understand/misheard.h"
#include "understand/time_clock.h"

#define CLOCKS_MAX 4

struct listening {
    const struct heard *heard;
    struct clock clocks[CLOCKS_MAX]; /* of this version of the answer */
    size_t count;
    size_t total;        /* clock times found, more than `count` when there are too many */
    unsigned waiting;    /* parts of the day that wait for the clock time after them */
    unsigned parts;      /* all parts of the day in the answer */
    bool is_new_version; /* a correction was heard: the next clock time replaces the others */
    bool has_loose_part; /* a quarter or a half that belongs to no clock time: "quarter pst 6" is not 6 */
};

static void add_clock(struct listening *listening, struct clock clock)
{
    if (listening->is_new_version) {
        listening->count = 0;
        listening->total = 0;
        listening->is_new_version = false;
    }
    clock.parts |= listening->waiting;
    listening->waiting = 0;
    listening->total++;
    if (listening->count < CLOCKS_MAX)
        listening->clocks[listening->count++] = clock;
}

static void add_part(struct listening *listening, unsigned part)
{
    listening->parts |= part;
    if (listening->count > 0 && !listening->is_new_version)
        listening->clocks[listening->count - 1].parts |= part;
    else
        listening->waiting |= part;
}

/* "15/08/1990": three numbers with one mark between. */
static size_t numeric_date_at(const struct heard *heard, size_t at)
{
    if (!heard_is_number(heard, at) || !heard_is_number(heard, at + 2) || !heard_is_number(heard, at + 4))
        return 0;
    static const char marks[] = {'/', '-', '.'};
    for (size_t i = 0; i < sizeof marks; i++) {
        if (heard_is_mark(heard, at + 1, marks[i]) && heard_is_mark(heard, at + 3, marks[i]))
            return 5;
    }
    return 0;
}

/* What follows a month's name: the year, or the day and the year; never a clock time. */
static size_t date_rest_at(const struct heard *heard, size_t at, int fields)
{
    size_t start = at;
    for (; fields > 0; fields--) {
        struct number number;
        size_t comma = heard_is_mark(heard, at, ',');
        size_t len = number_at(heard, at + comma, &number);
        if (len == 0 || date_clock_at(heard, at + comma) > 0)
            break;
        at += comma + len;
    }
    return at - start;
}

/* The tokens of a date beside the time: "15/08/1990", "15 August 1990", "August 15, 1990", "15th". */
static size_t date_at(const struct heard *heard, size_t at)
{
    size_t numeric = numeric_date_at(heard, at);
    if (numeric > 0)
        return numeric;
    struct number day;
    size_t len = number_at(heard, at, &day);
    if (len > 0 && day.value <= 31) {
        size_t link = heard_is(heard, at + len, WORD_LINK), mark = heard_is(heard, at + len, WORD_DAY_MARK);
        size_t month = heard_is(heard, at + len + link, WORD_MONTH);
        if (month > 0)
            return len + link + month + date_rest_at(heard, at + len + link + month, 1);
        return day.is_ordinal || mark > 0 ? len + mark : 0;
    }
    size_t month = heard_is(heard, at, WORD_MONTH);
    size_t rest = month > 0 ? date_rest_at(heard, at + month, 2) : 0;
    return rest > 0 ? month + rest : 0;
}

static bool is_year(const struct heard *heard, size_t at)
{
    if (!heard_is_number(heard, at) || heard->list[at].digits != 4)
        return false;
    int32_t year = heard->list[at].number;
    bool is_labelled = at > 0 && heard_is(heard, at - 1, WORD_YEAR_MARK);
    return is_labelled || (year >= 1900 && year <= heard->said->today.year && year % 100 > 59);
}

/* "6 baje subah 30 minute": minutes apart from their hour. */
static size_t take_minutes(struct listening *listening, size_t at)
{
    struct number number;
    size_t len = number_at(listening->heard, at, &number);
    size_t word = len > 0 ? heard_is(listening->heard, at + len, WORD_MINUTE) : 0;
    struct clock *clock = listening->count > 0 ? &listening->clocks[listening->count - 1] : NULL;
    bool is_free = clock && clock->minute == 0 && !listening->is_new_version;
    bool is_alone = heard_is(listening->heard, at + len + word, WORD_PAST) == 0 &&
                    heard_is(listening->heard, at + len + word, WORD_UNTIL) == 0;
    if (word == 0 || !is_free || !is_alone || number.value < 0 || number.value > 59)
        return 0;
    clock->minute = number.value;
    return len + word;
}

/* "It's not 1 am, it's 1 pm": the time that is denied. A "no" takes back what was before it instead. */
static size_t denied_at(const struct heard *heard, size_t at)
{
    struct clock clock;
    unsigned part;
    size_t denial = heard_is(heard, at, WORD_NOT_BEFORE), end = at + denial, len;
    if (denial == 0 || heard_is(heard, at, WORD_NO) || heard_is(heard, at, WORD_CORRECTION))
        return 0;
    while ((len = heard_is(heard, end, WORD_LINK)) > 0 || (len = heard_is(heard, end, WORD_TIME_LINK)) > 0)
        end += len;
    size_t clock_len = clock_at(heard, end, &clock);
    end += clock_len;
    end += day_part_at(heard, end, &part);
    return clock_len > 0 ? end - at : 0;
}

static size_t take_words(struct listening *listening, size_t at)
{
    const struct heard *heard = listening->heard;
    size_t len, filler = heard_is(heard, at, WORD_FILLER), denial = heard_is(heard, at, WORD_NOT_BEFORE);
    unsigned part;
    struct clock clock;
    if (filler > 1)
        return filler; /* "good morning" is no part of the day */
    if ((len = denied_at(heard, at)) > 0)
        return len;
    if (denial > 1)
        return denial; /* "no one" is no hour */
    if ((len = heard_is(heard, at, WORD_CLOCK24)) > 1)
        return len; /* "24-hour clock" names no hour either */
    if ((len = date_at(heard, at)) > 0)
        return len;
    if (is_year(heard, at))
        return 1;
    if ((len = take_minutes(listening, at)) > 0)
        return len;
    if ((len = clock_at(heard, at, &clock)) > 0) {
        add_clock(listening, clock);
        return len;
    }
    if ((len = day_part_at(heard, at, &part)) > 0) {
        add_part(listening, part);
        return len;
    }
    if ((len = heard_is(heard, at, WORD_CORRECTION)) > 0) {
        listening->is_new_version = listening->count > 0;
        return len;
    }
    len = heard_longest(heard, at);
    bool is_part = len > 0 && heard_is(heard, at, WORD_HOUR_PART) == len;
    listening->has_loose_part = listening->has_loose_part || is_part;
    return filler > 0 ? filler : len > 0 ? len : 1;
}

static struct str print_time(struct arena *arena, int minutes)
{
    return arena_printf(arena, "%02d:%02d", minutes / 60, minutes % 60);
}

static bool is_known_value(const struct understood *result, struct str value)
{
    for (size_t i = 0; i < result->count; i++) {
        if (str_eq(result->values[i], value))
            return true;
    }
    return false;
}

/* Every time that the clocks can mean, in the order of the day for each. */
static struct understood resolve(struct listening *listening)
{
    struct understood result = {.finding = FOUND};
    unsigned shared = listening->waiting;
    if (listening->is_new_version && shared) /* "6:30 am, sorry, pm" */
        listening->clocks[listening->count - 1].parts = shared;
    for (size_t i = listening->count; i > 0 && shared == 0; i--)
        shared = listening->clocks[i - 1].parts;
    if (shared == 0)
        shared = listening->parts;
    for (size_t i = 0; i < listening->count; i++) {
        struct clock *clock = &listening->clocks[i];
        if (clock->parts == 0)
            clock->parts = shared;
        if (clock->is_impossible)
            return understood_nothing(REASON_IMPOSSIBLE);
        int minutes[2];
        size_t count = clock_resolve(clock, minutes);
        for (size_t j = 0; j < count; j++) {
            struct str value = print_time(listening->heard->arena, minutes[j]);
            if (!is_known_value(&result, value) && result.count < VALUES_MAX)
                result.values[result.count++] = value;
        }
    }
    result.finding = result.count > 1 ? FOUND_SEVERAL : FOUND;
    return result;
}

/* A number alone is an hour only where nothing else was said: "do you want 2" is no answer. */
static bool is_stray(const struct listening *listening)
{
    static const enum word_class classes[] = {WORD_FILLER, WORD_LINK,  WORD_TIME_LINK,  WORD_NUMBER,
                                              WORD_TENS,   WORD_AND,   WORD_OR,         WORD_BIRTHDAY,
                                              WORD_MINUTE, WORD_HEDGE, WORD_CORRECTION, WORD_UNKNOWN,
                                              WORD_EXCEPT, WORD_KNOW,  WORD_NOT_AFTER};
    bool is_hour = listening->parts != 0;
    for (size_t i = 0; i < listening->count; i++)
        is_hour = is_hour || !listening->clocks[i].is_bare || listening->clocks[i].parts;
    if (is_hour)
        return false;
    for (size_t i = 0; i < listening->heard->count; i++) {
        if (heard_is_mark(listening->heard, i, '?'))
            return true;
    }
    if (listening->clocks[0].hour == 0)
        return true;
    struct heard words = *listening->heard;
    for (size_t at = 0; at < words.count;) {
        size_t taken = words.list[at].kind == TOKEN_MARK || words.list[at].kind == TOKEN_NUMBER ||
                       words.list[at].kind == TOKEN_SYMBOL;
        for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
            size_t len = heard_is(&words, at, classes[i]);
            taken = len > taken ? len : taken;
        }
        if (taken == 0)
            return true;
        at += taken;
    }
    return false;
}

/* Phone keys: HHMM on the 24-hour clock, "*" may separate. */
static struct understood hear_keypad(const struct heard *heard)
{
    const struct token *numbers[2];
    size_t count = 0;
    for (size_t i = 0; i < heard->count; i++) {
        if (!heard_is_number(heard, i))
            continue;
        if (count == 2)
            return understood_nothing(REASON_NONE);
        numbers[count++] = &heard->list[i];
    }
    if (count == 0)
        return understood_nothing(REASON_NONE);
    struct clock clock = {.is_24 = true, .hour = numbers[0]->number};
    if (count == 2) {
        clock.minute = numbers[1]->number;
    } else if (numbers[0]->digits > 2) {
        clock.hour = numbers[0]->number / 100;
        clock.minute = numbers[0]->number % 100;
        clock.is_24 = numbers[0]->digits == 4;
    } else {
        clock.is_24 = false;
    }
    size_t most = count == 2 ? 2 : 4;
    if (numbers[0]->digits > most)
        return understood_nothing(REASON_NONE);
    if (clock.hour > 23 || clock.minute > 59 || clock.minute < 0)
        return understood_nothing(REASON_IMPOSSIBLE);
    struct listening listening = {.heard = heard, .clocks = {clock}, .count = 1};
    return resolve(&listening);
}

bool understand_day_part(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    static const enum word_class classes[] = {WORD_DAY_PART, WORD_FILLER, WORD_LINK, WORD_TIME_LINK};
    struct heard heard = hear(lexicon, said, arena);
    return heard_has(&heard, WORD_DAY_PART) &&
           heard_is_only(&heard, classes, sizeof classes / sizeof *classes);
}

struct understood understand_time(const struct lexicon *lexicon, const struct utterance *said,
                                  struct arena *arena)
{
    struct utterance mended = *said;
    misheard_mend(lexicon, &mended, MISHEARD_HOUR, arena);
    struct heard heard = hear_closely(lexicon, &mended, arena);
    if (joined_part(&heard, &mended, arena))
        heard = hear_closely(lexicon, &mended, arena);
    if (said->hearing == HEARD_KEYPAD)
        return hear_keypad(&heard);
    struct listening listening = {.heard = &heard};
    for (size_t at = 0; at < heard.count;)
        at += take_words(&listening, at);
    if (listening.count > 0 && !is_stray(&listening))
        return listening.has_loose_part || listening.total > CLOCKS_MAX ? understood_nothing(REASON_NONE)
                                                                        : resolve(&listening);
    if (listening.count == 0 && (listening.parts & PART_NOON))
        return understood_one(STR("12:00"));
    if (listening.count == 0 && (listening.parts & PART_MIDNIGHT))
        return understood_one(STR("00:00"));
    if (heard_is_unknown(&heard))
        return (struct understood){.finding = FOUND_UNKNOWN};
    return understood_nothing(REASON_NONE);
}
