/* Which date did the person mean?
 *
 *   words → parts (date_parts.c) → runs of parts → readings (date_reading.c) → one date, two, or a reason
 *
 * A correction ("no wait, 16th") replaces what it names in the date before it. */

#include "understand/date_parts.h"
#include "understand/misheard.h"

#include <stdio.h>

static bool is_one_of(struct str region, const struct str *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(region, list[i]))
            return true;
    return false;
}
#define IS_ONE_OF(region, list) is_one_of((region), (list), sizeof(list) / sizeof *(list))

bool region_is_month_first(struct str region)
{
    /* With the territories, whose numbers count as countries of their own. */
    static const struct str regions[] = {STR_INIT("US"), STR_INIT("CA"), STR_INIT("AS"),
                                         STR_INIT("GU"), STR_INIT("MP"), STR_INIT("VI")};
    return IS_ONE_OF(region, regions);
}

/* Keys are pressed in the order that the prompt asks for, so there is nothing to guess. */
struct date_rules date_rules_of(const struct utterance *said)
{
    static const struct str both_orders[] = {STR_INIT("KY"), STR_INIT("PA"), STR_INIT("PH"), STR_INIT("PR")};
    bool is_guess = said->is_region_guess || IS_ONE_OF(said->region, both_orders);
    return (struct date_rules){.today = said->today,
                               .is_month_first = region_is_month_first(said->region),
                               .is_order_guess = is_guess && said->hearing != HEARD_KEYPAD};
}

static struct str print_date(struct arena *arena, int year, int month, int day)
{
    return arena_printf(arena, "%04d-%02d-%02d", year, month, day);
}

/* Not to be taken, but known: it can be told what is wrong or missing, and a question for a day to come can
 * use what lies ahead. */
static struct understood refuse(enum reason reason, struct str value)
{
    struct understood refused = understood_nothing(reason);
    refused.values[0] = value;
    refused.count = 1;
    return refused;
}

static struct understood judge(const struct date_reading *reading, const struct date_rules *rules,
                               struct arena *arena)
{
    struct date date = {(int16_t)reading->year, (uint8_t)reading->month, (uint8_t)reading->day};
    switch (reading->grade) {
    case DATE_ABSENT:
        return understood_nothing(REASON_NONE);
    case DATE_PARTIAL:
        return refuse(REASON_INCOMPLETE, print_date(arena, reading->year, reading->month, reading->day));
    case DATE_IMPOSSIBLE:
        return refuse(REASON_IMPOSSIBLE, print_date(arena, reading->year, reading->month, reading->day));
    case DATE_DOUBTFUL:
    case DATE_COMPLETE:
        break;
    }
    struct understood first = understood_one(print_date(arena, date.year, date.month, date.day));
    bool is_good = date_is_in_range(date, rules->today);
    if (reading->grade == DATE_DOUBTFUL && date_is_in_range(reading->other, rules->today)) {
        struct date other = reading->other;
        first.values[is_good] = print_date(arena, other.year, other.month, other.day);
        first.count += is_good;
        first.finding = is_good ? FOUND_SEVERAL : FOUND;
        return first;
    }
    if (is_good)
        return first;
    return understood_nothing(date.year < 1900 ? REASON_TOO_OLD : REASON_FUTURE);
}

/* `later` was said to correct `earlier`: what it names is replaced. */
static struct date_reading correct(struct date_reading earlier, struct date_reading later,
                                   const struct date_rules *rules)
{
    if (later.grade != DATE_PARTIAL || earlier.grade == DATE_ABSENT)
        return later.grade == DATE_ABSENT ? earlier : later;
    struct date_reading merged = earlier;
    if (later.day)
        merged.day = later.day;
    if (later.month)
        merged.month = later.month;
    if (later.year)
        merged.year = later.year;
    if (!merged.day || !merged.month || !merged.year)
        return merged;
    if (merged.year < 100)
        merged.year = date_full_year(merged.year, merged.month, merged.day, rules->today);
    bool is_day = merged.month <= 12 && merged.day <= date_days_in_month(merged.year, merged.month);
    merged.grade = is_day ? DATE_COMPLETE : DATE_IMPOSSIBLE;
    return merged;
}

/* Two runs of words without a correction between them. */
static struct date_reading join(struct date_reading first, struct date_reading second)
{
    if (first.grade < DATE_IMPOSSIBLE || second.grade < DATE_IMPOSSIBLE)
        return second.grade > first.grade ? second : first;
    bool is_same = first.day == second.day && first.month == second.month && first.year == second.year;
    if (is_same) /* the surer one: "3/7/1985, that is 3 July" */
        return second.grade > first.grade ? second : first;
    if (second.grade == DATE_IMPOSSIBLE)
        return first;
    if (first.grade == DATE_IMPOSSIBLE)
        return second;
    first.grade = DATE_DOUBTFUL;
    first.other = (struct date){(int16_t)second.year, (uint8_t)second.month, (uint8_t)second.day};
    return first;
}

static bool has_month(const struct date_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].kind == PART_MONTH)
            return true;
    }
    return false;
}

struct date_reading date_read_run(const struct date_part *parts, size_t count, const struct date_rules *rules,
                                  size_t *used)
{
    struct date_reading reading = date_read(parts, count, rules);
    *used = count;
    for (size_t less = 1; reading.grade == DATE_PARTIAL && less <= 2 && count >= 3 + less; less++) {
        struct date_reading shorter = date_read(parts, count - less, rules);
        bool is_clear = has_month(parts, count - less) && parts[count - less - 1].number.digits == 4;
        if (shorter.grade == DATE_COMPLETE && is_clear) {
            *used = count - less;
            return shorter;
        }
    }
    return reading;
}

/* All parts up to the next correction (or the end); `*at` moves behind it. */
static struct date_reading read_version(const struct date_parts *parts, size_t *at,
                                        const struct date_rules *rules)
{
    struct date_reading best = {.grade = DATE_ABSENT};
    struct date_part joined[DATE_PARTS_MAX];
    size_t joined_count = 0, start = *at;
    bool has_partial = false;
    for (;; ++*at) {
        bool is_end = *at == parts->count || parts->list[*at].kind == PART_CORRECTION;
        if (!is_end && parts->list[*at].kind != PART_BREAK) {
            joined[joined_count++] = parts->list[*at];
            continue;
        }
        if (*at > start) {
            size_t used;
            struct date_reading reading = date_read_run(&parts->list[start], *at - start, rules, &used);
            has_partial = has_partial || reading.grade == DATE_PARTIAL;
            best = join(best, reading);
        }
        start = *at + 1;
        if (is_end)
            break;
    }
    if (*at < parts->count)
        ++*at;
    if (parts->has_or && has_partial) /* "15 aug 1990 or 1991" */
        best.grade = DATE_PARTIAL;
    if (best.grade != DATE_PARTIAL || parts->has_or || !has_month(joined, joined_count))
        return best;
    struct date_reading whole = date_read(joined, joined_count, rules);
    return whole.grade == DATE_COMPLETE ? whole : best;
}

static struct understood relative(const struct date_parts *parts, const struct date_rules *rules,
                                  struct arena *arena)
{
    if (parts->has_birthday)
        return understood_nothing(REASON_INCOMPLETE);
    if (parts->has_words) /* "30 years ago today", "I won't tell you today" */
        return understood_nothing(REASON_NONE);
    struct date date = date_from_days(date_to_days(rules->today) + parts->relative_days);
    struct str value = print_date(arena, date.year, date.month, date.day);
    return parts->relative_days > 0 ? refuse(REASON_FUTURE, value) : understood_one(value);
}

/* A small number somewhere in a sentence is no date. */
static bool is_stray_number(const struct date_parts *parts)
{
    size_t numbers = 0;
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->list[i].kind == PART_MONTH)
            return false;
        bool is_number = parts->list[i].kind == PART_NUMBER;
        const struct number *number = &parts->list[i].number;
        if (is_number && (number->is_ordinal || number->value > 31 || parts->list[i].hint))
            return false;
        numbers += is_number;
    }
    return parts->has_words && numbers <= 1;
}

/* "May I ask why?" names no month. */
static bool is_question(const struct heard *heard, const struct date_parts *parts)
{
    bool is_asked = heard_has(heard, WORD_QUESTION);
    for (size_t i = 0; i < heard->count; i++)
        is_asked = is_asked || heard_is_mark(heard, i, '?');
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->list[i].kind == PART_NUMBER)
            return false;
    }
    return is_asked;
}

/* Phone keys: digits, * and # between the parts. */
static struct understood hear_keypad(const struct heard *heard, const struct date_rules *rules)
{
    struct date_part parts[3];
    size_t count = 0;
    for (size_t i = 0; i < heard->count; i++) {
        if (!heard_is_number(heard, i))
            continue;
        if (count == 3)
            return understood_nothing(REASON_NONE);
        parts[count++] = (struct date_part){
            .kind = PART_NUMBER,
            .number = {.value = heard->list[i].number, .digits = heard->list[i].digits, .copies = 1}};
    }
    struct date_reading reading = date_read(parts, count, rules);
    return judge(&reading, rules, heard->arena);
}

/* "10 Jeth 1990", "Diwali 1993": its numbers are of another calendar. */
static bool is_by_moon(const struct heard *heard, const struct date_reading *reading)
{
    return reading->grade == DATE_PARTIAL && heard_has(heard, WORD_MOVING_DAY);
}

/* What the words make of what was there before them. */
static struct date_reading read_on(struct date_reading reading, const struct date_parts *parts,
                                   const struct date_rules *rules)
{
    for (size_t at = 0; at < parts->count;) {
        bool is_but = at > 0 && parts->list[at - 1].kind == PART_CORRECTION && parts->list[at - 1].is_but;
        struct date_reading version = read_version(parts, &at, rules);
        /* "1 Jan 1990, but officially 5 June 1989": whichever counts, only they can tell. */
        bool are_two = is_but && reading.grade == DATE_COMPLETE && version.grade == DATE_COMPLETE;
        reading = are_two ? join(reading, version) : correct(reading, version, rules);
    }
    return reading;
}

/* The same of what is said. */
static struct date_reading hear_on(struct date_reading reading, const struct lexicon *lexicon,
                                   const struct utterance *said, const struct date_rules *rules,
                                   struct arena *arena)
{
    struct heard heard = hear_closely(lexicon, said, arena);
    struct date_parts parts;
    date_parts_of(&heard, &parts);
    struct date_reading alone = read_on((struct date_reading){.grade = DATE_ABSENT}, &parts, rules);
    return is_by_moon(&heard, &alone) ? reading : read_on(reading, &parts, rules);
}

/* All parts but one, where nothing else parts them. */
static struct date_reading read_without(const struct date_parts *parts, size_t left_out,
                                        const struct date_rules *rules)
{
    struct date_part rest[DATE_PARTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->list[i].kind == PART_BREAK || parts->list[i].kind == PART_CORRECTION)
            return (struct date_reading){.grade = DATE_ABSENT};
        if (i != left_out)
            rest[count++] = parts->list[i];
    }
    return date_read(rest, count, rules);
}

/* "3 or 4 March 1990", "between 3 and 4": either of the two makes a date with the rest. */
static struct date_reading read_either(const struct date_parts *parts, const struct date_rules *rules)
{
    size_t second = parts->after_or;
    bool is_between = second > 0 && second < parts->count;
    if (!is_between || parts->list[second - 1].kind != parts->list[second].kind)
        return (struct date_reading){.grade = DATE_ABSENT};
    struct date_reading first = read_without(parts, second, rules),
                        other = read_without(parts, second - 1, rules);
    return first.grade == DATE_COMPLETE && other.grade == DATE_COMPLETE
               ? join(first, other)
               : (struct date_reading){.grade = DATE_ABSENT};
}

static struct understood read_words(const struct lexicon *lexicon, const struct utterance *said,
                                    struct arena *arena)
{
    struct heard heard = hear_closely(lexicon, said, arena);
    struct date_rules rules = date_rules_of(said);
    struct date_parts parts;
    date_parts_of(&heard, &parts);
    struct date_reading reading = read_on((struct date_reading){.grade = DATE_ABSENT}, &parts, &rules);
    struct date_reading either = reading.grade == DATE_PARTIAL ? read_either(&parts, &rules) : reading;
    reading = either.grade > reading.grade ? either : reading;
    if (is_by_moon(&heard, &reading))
        return understood_nothing(REASON_INCOMPLETE);
    if (reading.grade <= DATE_PARTIAL && parts.has_relative)
        return reading.grade == DATE_PARTIAL ? understood_nothing(REASON_INCOMPLETE)
                                             : relative(&parts, &rules, arena);
    if (reading.grade == DATE_PARTIAL && (is_stray_number(&parts) || is_question(&heard, &parts)))
        return understood_nothing(REASON_NONE);
    return judge(&reading, &rules, arena);
}

struct understood understand_date(const struct lexicon *lexicon, const struct utterance *said,
                                  struct arena *arena)
{
    struct utterance mended = *said;
    if (said->hearing == HEARD_KEYPAD) {
        struct heard heard = hear(lexicon, said, arena);
        struct date_rules rules = date_rules_of(said);
        return hear_keypad(&heard, &rules);
    }
    misheard_mend(lexicon, &mended, MISHEARD_UNIT, arena);
    struct understood found = read_words(lexicon, &mended, arena);
    bool is_lacking =
        found.finding == FOUND_NOTHING && (found.reason == REASON_INCOMPLETE || found.reason == REASON_NONE);
    if (!is_lacking || !misheard_mend(lexicon, &mended, MISHEARD_DAY, arena))
        return found;
    struct understood again = read_words(lexicon, &mended, arena);
    return again.finding == FOUND_NOTHING ? found : again;
}

struct understood understand_date_changed(const struct lexicon *lexicon, const struct utterance *said,
                                          struct date old, struct arena *arena)
{
    struct date_rules rules = date_rules_of(said);
    struct date_reading before = {
        .grade = DATE_COMPLETE, .day = old.day, .month = old.month, .year = old.year};
    struct date_reading reading = hear_on(before, lexicon, said, &rules, arena);
    return judge(&reading, &rules, arena);
}

struct understood understand_date_continued(const struct lexicon *lexicon, const struct utterance *said,
                                            struct date begun, struct arena *arena)
{
    struct date_rules rules = date_rules_of(said);
    struct date_reading before = {
        .grade = DATE_PARTIAL, .day = begun.day, .month = begun.month, .year = begun.year};
    struct date_reading piece =
        hear_on((struct date_reading){.grade = DATE_ABSENT}, lexicon, said, &rules, arena);
    bool lacks_year = begun.day && begun.month && !begun.year;
    if (lacks_year && piece.day && !piece.month && !piece.year) { /* "15 aug", "05" */
        piece.year = piece.day;
        piece.day = 0;
    }
    struct date_reading reading = correct(before, piece, &rules);
    return judge(&reading, &rules, arena);
}

bool understand_moving_day(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct heard heard = hear_closely(lexicon, said, arena);
    return heard_has(&heard, WORD_MOVING_DAY);
}
