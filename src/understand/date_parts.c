/* Which words of an answer belong to a date? Weekdays, clock times, ages and fillers are stepped over; any
 * other word is a break: what stands on its two sides is not one date. */

#include "understand/date_parts.h"

#include <string.h>

#define LABEL_TOKENS_MAX 4

struct collecting {
    const struct heard *heard;
    struct date_parts *out;
    enum date_hint pending; /* of a label that waits for its number: "year 1990" */
    size_t last_number_end; /* the token after the last number */
    bool is_label_first;    /* "day 15 month 8": labels stand before their numbers */
    bool names_month;       /* date_names_month, found out once: it looks at every word */
};

static void add_part(struct collecting *collecting, struct date_part part)
{
    struct date_parts *out = collecting->out;
    bool is_second_break =
        part.kind == PART_BREAK && (out->count == 0 || out->list[out->count - 1].kind == PART_BREAK);
    if (out->count < DATE_PARTS_MAX && !is_second_break)
        out->list[out->count++] = part;
}

static void add_break(struct collecting *collecting)
{
    add_part(collecting, (struct date_part){.kind = PART_BREAK});
    collecting->pending = MEANS_NONE;
}

/* The hour words that may stand between a clock time and its part of the day. */
static size_t links_at(const struct heard *heard, size_t at)
{
    size_t start = at, len;
    while ((len = heard_is(heard, at, WORD_LINK)) > 0 || (len = heard_is(heard, at, WORD_TIME_LINK)) > 0)
        at += len;
    return at - start;
}

static size_t clock_numbers_at(const struct heard *heard, size_t at, bool *has_colon)
{
    struct number hour, minute;
    const struct sense *shift;
    *has_colon = false;
    size_t shift_len = heard_phrase(heard, at, WORD_HOUR_SHIFT, &shift);
    size_t len = number_at(heard, at + shift_len, &hour);
    bool is_run = len > 0 && hour.digits == 4 && heard_is(heard, at + len, WORD_CLOCK24); /* "0630 hrs" */
    if (is_run)
        return shift_len == 0 ? len : 0;
    if (len == 0 || hour.is_ordinal || hour.value > 24 || hour.digits > 2)
        return shift_len == 0 && heard_is(heard, at, WORD_HOUR_FIXED) ? 1 : 0;
    len += shift_len;
    bool is_colon = heard_is_mark(heard, at + len, ':');
    size_t mark = is_colon || heard_is_mark(heard, at + len, '.');
    size_t minute_len = number_at(heard, at + len + mark, &minute);
    bool is_minute = minute_len > 0 && minute.value <= 59 && (minute.digits == 2 || minute.digits == 0);
    if (!is_minute)
        return len;
    len += mark + minute_len;
    *has_colon = is_colon;
    if (is_colon && heard_is_mark(heard, at + len, ':') && heard_is_number(heard, at + len + 1)) {
        *has_colon = heard->list[at + len + 1].digits <= 2;
        len += *has_colon ? 2 : 0;
    }
    return len;
}

/* "time 8.30": what is called a time is no day and month. */
static bool is_called_time(const struct heard *heard, size_t at)
{
    const struct sense *field;
    for (size_t len = 1; len <= LABEL_TOKENS_MAX && len <= at; len++)
        if (heard_phrase(heard, at - len, WORD_FIELD, &field) == len && str_eq(field->text, STR("time")))
            return true;
    return false;
}

size_t date_clock_at(const struct heard *heard, size_t at)
{
    const struct sense *part;
    size_t before = heard_phrase(heard, at, WORD_DAY_PART, &part);
    if (before > 0)
        before += links_at(heard, at + before);
    bool has_colon;
    size_t len = clock_numbers_at(heard, at + before, &has_colon);
    if (len == 0)
        return 0;
    at += before;
    size_t start = at, after;
    at += len;
    bool is_clock = has_colon || (len > 1 && is_called_time(heard, start));
    if ((after = heard_is(heard, at, WORD_OCLOCK)) > 0 || (after = heard_is(heard, at, WORD_HOUR_AND)) > 0 ||
        (after = heard_is(heard, at, WORD_CLOCK24)) > 0) {
        at += after;
        is_clock = true;
    }
    size_t links = links_at(heard, at);
    after = heard_phrase(heard, at + links, WORD_DAY_PART, &part);
    if (after > 0)
        at += links + after;
    is_clock = is_clock || after > 0;
    bool is_date =
        heard_is(heard, at, WORD_MONTH) > 0 || heard_is_mark(heard, at, '/') || heard_is_mark(heard, at, '-');
    return is_clock || (before > 0 && !is_date) ? at - start + before : 0;
}

static void add_number(struct collecting *collecting, const struct number *number)
{
    for (uint8_t i = 0; i < number->copies; i++)
        add_part(collecting,
                 (struct date_part){.kind = PART_NUMBER, .number = *number, .hint = collecting->pending});
    collecting->pending = MEANS_NONE;
}

static bool can_be(const struct number *number, enum date_hint hint)
{
    if (hint == MEANS_YEAR)
        return number->digits == 4;
    return number->digits <= 2 && number->value <= (hint == MEANS_MONTH ? 12 : 31);
}

/* "15 tarikh", "8th month", "san 1990", "day 15 month 8 year 1990". */
static size_t take_label(struct collecting *collecting, size_t at)
{
    static const struct {
        enum word_class class;
        enum date_hint hint;
    } labels[] = {{WORD_DAY_MARK, MEANS_DAY}, {WORD_MONTH_MARK, MEANS_MONTH}, {WORD_YEAR_MARK, MEANS_YEAR}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        size_t len = heard_is(collecting->heard, at, labels[i].class);
        if (len == 0)
            continue;
        struct date_parts *out = collecting->out;
        bool is_behind = at > 0 && collecting->last_number_end == at && !collecting->is_label_first;
        struct date_part *last = out->count > 0 ? &out->list[out->count - 1] : NULL;
        bool is_free = is_behind && last && last->kind == PART_NUMBER && last->hint == MEANS_NONE;
        if (is_free && can_be(&last->number, labels[i].hint)) {
            last->hint = labels[i].hint;
            return len;
        }
        struct number next;
        bool is_number = number_at(collecting->heard, at + len, &next) > 0 ||
                         heard_is_number(collecting->heard, at + len + 1);
        bool is_first = !last || (last->kind == PART_NUMBER && last->hint != MEANS_NONE);
        collecting->is_label_first = collecting->is_label_first || (is_number && is_first);
        collecting->pending = is_number ? labels[i].hint : MEANS_NONE;
        return len;
    }
    return 0;
}

/* "15/08/1990", "15.8.90": three numbers with one mark between; a date of its own whatever stands beside. */
static size_t take_triple(struct collecting *collecting, size_t at)
{
    const struct heard *heard = collecting->heard;
    if (at + 4 >= heard->count)
        return 0;
    for (size_t i = at; i <= at + 4; i += 2) {
        if (!heard_is_number(heard, i) || heard->list[i].digits > 4)
            return 0;
    }
    const struct token *mark = &heard->list[at + 1];
    bool is_date = mark->kind == TOKEN_MARK && heard_is_mark(heard, at + 3, mark->text.data[0]) &&
                   mark->text.data[0] != ':' && heard->list[at + 1].is_glued && heard->list[at + 2].is_glued;
    bool goes_on = heard_is_mark(heard, at + 5, mark->text.data[0]) && heard_is_number(heard, at + 6);
    if (!is_date || goes_on)
        return 0;
    add_break(collecting);
    for (size_t i = at; i <= at + 4; i += 2)
        add_number(
            collecting,
            &(struct number){.value = heard->list[i].number, .digits = heard->list[i].digits, .copies = 1});
    add_break(collecting);
    return 5;
}

/* "Before", "after"; "of" leads to what a day belongs to: "the 1st day of March". */
static bool is_beyond(const struct heard *heard, size_t at)
{
    return (heard_is(heard, at, WORD_PAST) > 0 || heard_is(heard, at, WORD_UNTIL) > 0) &&
           heard_is(heard, at, WORD_LINK) == 0;
}

/* "3 weeks", "2 days before": how long, and no day of the month. */
static size_t counted_span_at(const struct heard *heard, size_t at)
{
    const struct sense *span;
    size_t len = heard_phrase(heard, at, WORD_DAY_COUNT, &span);
    return len > 0 && (span->value > 1 || is_beyond(heard, at + len)) ? len : 0;
}

static size_t take_number(struct collecting *collecting, size_t at)
{
    const struct heard *heard = collecting->heard;
    struct number number, next;
    size_t len = number_at(heard, at, &number);
    if (len == 0)
        return 0;
    size_t age = heard_is(heard, at + len, WORD_AGE);
    size_t span = age > 0 || number.is_ordinal ? 0 : counted_span_at(heard, at + len);
    age += span;
    if (age > 0) {
        collecting->out->has_words = true;
        add_break(collecting);
        return len + age;
    }
    /* "oh" is a zero only beside a digit */
    bool is_oh = number.value == 0 && number.digits == 0;
    bool is_before_digit =
        number_at(heard, at + len, &next) > 0 && (next.digits == 1 || number_is_spoken_digit(&next));
    if (!is_oh || is_before_digit || collecting->last_number_end == at)
        add_number(collecting, &number);
    collecting->last_number_end = at + len;
    return len;
}

/* "My age is 45": a number that is no part of a date. */
static size_t take_age(struct collecting *collecting, size_t at)
{
    const struct heard *heard = collecting->heard;
    struct number age;
    size_t mark = heard_is(heard, at, WORD_AGE_MARK);
    size_t links = mark > 0 ? links_at(heard, at + mark) : 0;
    size_t len = mark > 0 ? number_at(heard, at + mark + links, &age) : 0;
    bool is_age = len > 0 && age.digits <= 2 && heard_is(heard, at + mark + links + len, WORD_MONTH) == 0;
    if (!is_age)
        return 0;
    collecting->out->has_words = true;
    add_break(collecting);
    return mark + links + len;
}

static bool has_month_part(const struct date_parts *parts, int month)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->list[i].kind == PART_MONTH && parts->list[i].month == month)
            return true;
    }
    return false;
}

/* "3 weeks before Christmas", "the day after New Year" */
static bool is_counted_from(const struct heard *heard, size_t at)
{
    return at > 1 && is_beyond(heard, at - 1) && heard_is(heard, at - 2, WORD_DAY_COUNT) > 0;
}

static size_t take_feast_or_relative(struct collecting *collecting, size_t at)
{
    const struct sense *sense;
    size_t len = heard_phrase(collecting->heard, at, WORD_FEAST, &sense);
    if (len > 0 && is_counted_from(collecting->heard, at)) {
        collecting->out->has_words = true;
        add_break(collecting);
        return len;
    }
    if (len > 0) {
        struct str rest = sense->text, day, month;
        int64_t numbers[2] = {0, 0};
        if (str_cut(&rest, '-', &day) && str_cut(&rest, '-', &month)) {
            str_to_int64(day, &numbers[0]);
            str_to_int64(month, &numbers[1]);
        }
        if (has_month_part(collecting->out, (int)numbers[1])) /* "25 dec, christmas day, 2002" */
            return len;
        add_number(collecting, &(struct number){.value = (int32_t)numbers[0], .digits = 2, .copies = 1});
        collecting->out->list[collecting->out->count - 1].hint = MEANS_DAY;
        add_part(collecting, (struct date_part){.kind = PART_MONTH, .month = (int)numbers[1]});
        return len;
    }
    len = heard_phrase(collecting->heard, at, WORD_RELATIVE, &sense);
    if (len > 0) {
        collecting->out->has_relative = true;
        collecting->out->relative_days = sense->value;
    }
    return len;
}

/* Words that say nothing, but may stand between the parts of a date. */
static size_t take_filler(const struct heard *heard, size_t at)
{
    static const enum word_class fillers[] = {WORD_FILLER,    WORD_LINK, WORD_WEEKDAY,
                                              WORD_TIME_LINK, WORD_AND,  WORD_DAY_PART};
    size_t longest = 0;
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
        size_t len = heard_is(heard, at, fillers[i]);
        longest = len > longest ? len : longest;
    }
    return longest;
}

/* Between two dates "or" parts them; between two days it leaves one too many, and nothing is certain. */
static void take_or(struct collecting *collecting)
{
    struct date_parts *out = collecting->out;
    size_t run = 0;
    out->has_or = true;
    while (run < out->count && out->list[out->count - 1 - run].kind != PART_BREAK)
        run++;
    if (run >= 3)
        add_break(collecting);
    out->after_or = out->count;
}

/* "Not 14th, 4th July": a number that is denied and parted from what follows. */
static size_t take_denied(const struct heard *heard, size_t at)
{
    struct number number;
    size_t denial = heard_is(heard, at, WORD_NOT_BEFORE);
    size_t links = denial > 0 ? links_at(heard, at + denial) : 0;
    size_t len = denial > 0 ? number_at(heard, at + denial + links, &number) : 0;
    at += denial + links + len;
    return len > 0 && heard_is_mark(heard, at, ',') ? denial + links + len + 1 : 0;
}

static size_t take_word(struct collecting *collecting, size_t at)
{
    const struct heard *heard = collecting->heard;
    int month = 0;
    size_t len = take_denied(heard, at);
    if (len > 0)
        return len;
    len = date_month_at(heard, at, &month);
    size_t filler = take_filler(heard, at);
    size_t longest = heard_longest(heard, at);
    bool is_small_word = len == filler && heard_is(heard, at, WORD_LINK) > 0 && collecting->names_month;
    if (len > 0 && len >= filler && !is_small_word) {
        add_part(collecting, (struct date_part){.kind = PART_MONTH, .month = month});
        collecting->pending = MEANS_NONE;
        return len;
    }
    bool is_weekday = heard_is(heard, at, WORD_WEEKDAY) > 0; /* "sat" is seven in Hindi */
    bool is_number = heard_is(heard, at, WORD_NUMBER) > 0 && !is_weekday;
    if (!collecting->out->has_or && heard_is(heard, at, WORD_AND) > 0) /* "between 3 and 4 March" */
        collecting->out->after_or = collecting->out->count;
    if (filler > 1 || (filler > 0 && filler == longest && !is_number))
        return filler;
    if ((len = take_age(collecting, at)) > 0 || (len = take_number(collecting, at)) > 0 ||
        (len = take_feast_or_relative(collecting, at)) > 0 || (len = take_label(collecting, at)) > 0)
        return len;
    if ((len = heard_is(heard, at, WORD_CORRECTION)) > 0 && collecting->out->count > 0) {
        bool is_but = heard_is(heard, at, WORD_EXCEPT) == len && !heard_has(heard, WORD_RIGHT);
        add_part(collecting, (struct date_part){.kind = PART_CORRECTION, .is_but = is_but});
        return len;
    }
    if ((len = heard_is(heard, at, WORD_OR)) > 0) {
        take_or(collecting);
        return len;
    }
    if ((len = heard_is(heard, at, WORD_BIRTHDAY)) > 0) {
        collecting->out->has_birthday = true;
        return len;
    }
    if (filler > 0)
        return filler;
    if (heard->list[at].kind == TOKEN_WORD) {
        collecting->out->has_words = true;
        add_break(collecting);
    }
    return 1;
}

void date_parts_of(const struct heard *heard, struct date_parts *out)
{
    memset(out, 0, offsetof(struct date_parts, list));
    struct collecting collecting = {
        .heard = heard, .out = out, .last_number_end = SIZE_MAX, .names_month = date_names_month(heard)};
    for (size_t at = 0; at < heard->count;) {
        size_t first = out->count;
        size_t len = take_triple(&collecting, at);
        if (len == 0 && (len = date_clock_at(heard, at)) > 0)
            add_break(&collecting);
        if (len == 0 && heard->list[at].kind == TOKEN_MARK)
            len = 1;
        len = len > 0 ? len : take_word(&collecting, at);
        for (size_t i = first; i < out->count; i++) {
            out->list[i].from = at;
            out->list[i].to = at + len;
        }
        at += len;
    }
}
