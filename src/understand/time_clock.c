/* Which clock time begins at this word? Grammar, tried from the top:
 *
 *   shift hour            saadhe 6, paune saat          fixed               dedh, dhai
 *   part past|to hour     half past six, quarter to 7   part hour           half six
 *   number past|to hour   ten past four                 hour to number      8 bajne mein 10 minute
 *   hour and number       6 bajkar 30, 6 baje 15 min    hour mark minute    6:30, 6.30, 6 30, 14h20, 0630
 *   hour                  6, oh six hundred */

#include "understand/time_clock.h"

static const struct {
    const char *name;
    enum day_part part;
} DAY_PARTS[] = {
    {"am", PART_AM},           {"pm", PART_PM},       {"morning", PART_MORNING},
    {"day", PART_DAY},         {"noon", PART_NOON},   {"afternoon", PART_AFTERNOON},
    {"evening", PART_EVENING}, {"night", PART_NIGHT}, {"midnight", PART_MIDNIGHT},
};

size_t day_part_at(const struct heard *heard, size_t at, unsigned *part)
{
    const struct sense *sense;
    size_t len = heard_phrase(heard, at, WORD_DAY_PART, &sense);
    if (len == 0 && at > 0 && at < heard->count && heard->list[at].is_glued && heard_is_number(heard, at - 1))
        len = heard_phrase(heard, at, WORD_DAY_LETTER, &sense);
    for (size_t i = 0; len > 0 && i < sizeof DAY_PARTS / sizeof *DAY_PARTS; i++) {
        if (str_eq(sense->text, str_from(DAY_PARTS[i].name))) {
            *part = DAY_PARTS[i].part;
            return len;
        }
    }
    return 0;
}

/* An hour as a number, or noon and midnight where an hour is expected ("ten to midnight"). */
static size_t hour_at(const struct heard *heard, size_t at, struct clock *clock)
{
    struct number number;
    unsigned part;
    size_t len = number_at(heard, at, &number);
    if (len > 0 && !number.is_ordinal && number.value >= 0 && number.value <= 99 && number.digits <= 2) {
        clock->hour = number.value;
        return len;
    }
    len = day_part_at(heard, at, &part);
    if (len == 0 || (part != PART_NOON && part != PART_MIDNIGHT))
        return 0;
    clock->hour = 12;
    clock->parts |= part;
    return len;
}

static void move(struct clock *clock, int minutes)
{
    bool is_24 = clock->hour > 12 || clock->hour == 0;
    int day = is_24 ? MINUTES_OF_DAY : MINUTES_OF_DIAL;
    clock->is_impossible = clock->hour > 23;
    int moment = ((clock->hour * 60 + clock->minute + minutes) % day + day) % day;
    clock->hour = moment / 60;
    clock->minute = moment % 60;
    if (!is_24 && clock->hour == 0)
        clock->hour = 12;
}

static size_t shifted_at(const struct heard *heard, size_t at, struct clock *clock)
{
    const struct sense *sense;
    size_t len = heard_phrase(heard, at, WORD_HOUR_SHIFT, &sense);
    size_t hour = len > 0 ? hour_at(heard, at + len, clock) : 0;
    if (hour > 0) {
        move(clock, sense->value);
        return len + hour;
    }
    len = heard_phrase(heard, at, WORD_HOUR_FIXED, &sense);
    if (len > 0) {
        clock->hour = sense->value / 60;
        clock->minute = sense->value % 60;
    }
    return len;
}

/* Minutes before or after an hour: "quarter", "ten minutes", "five". */
static size_t amount_at(const struct heard *heard, size_t at, int *minutes, bool *is_said_minutes)
{
    const struct sense *sense;
    struct number number;
    *is_said_minutes = true;
    size_t article = heard_is(heard, at, WORD_LINK), len;
    len = heard_phrase(heard, at, WORD_HOUR_PART, &sense);
    if (len == 0 && article > 0) {
        len = heard_phrase(heard, at + article, WORD_HOUR_PART, &sense);
        len += len > 0 ? article : 0;
    }
    if (len > 0) {
        *minutes = sense->value;
        return len;
    }
    len = number_at(heard, at, &number);
    if (len == 0 || number.is_ordinal || number.value < 1 || number.value > 59)
        return 0;
    *minutes = number.value;
    size_t word = heard_is(heard, at + len, WORD_MINUTE);
    *is_said_minutes = word > 0;
    return len + word;
}

static size_t relative_at(const struct heard *heard, size_t at, struct clock *clock)
{
    int minutes;
    bool is_said_minutes;
    size_t start = at, len = amount_at(heard, at, &minutes, &is_said_minutes);
    if (len == 0)
        return 0;
    at += len;
    size_t past = heard_is(heard, at, WORD_PAST), until = heard_is(heard, at, WORD_UNTIL);
    size_t hour = past + until > 0 ? hour_at(heard, at + past + until, clock) : 0;
    if (hour > 0) {
        /* "6 to 7" is a span of time, "10 to 8" a time; "10 to 11" could be both */
        bool is_span = until > 0 && !is_said_minutes && (minutes % 5 != 0 || clock->hour == minutes + 1);
        if (is_span)
            return 0;
        move(clock, until > 0 ? -minutes : minutes);
        return at + past + until + hour - start;
    }
    bool is_half = past + until == 0 && minutes == 30 && heard_is(heard, start, WORD_HOUR_PART);
    hour = is_half ? hour_at(heard, at, clock) : 0;
    if (hour == 0)
        return 0;
    clock->minute = 30;
    return at + hour - start;
}

/* "6 bajkar 30 minute", "8 bajne mein das minute", "6 baje 15 minute". */
static size_t counted_at(const struct heard *heard, size_t at, struct clock *clock)
{
    size_t start = at, len = hour_at(heard, at, clock);
    if (len == 0)
        return 0;
    at += len;
    size_t and = heard_is(heard, at, WORD_HOUR_AND), until = heard_is(heard, at, WORD_HOUR_UNTIL);
    size_t oclock = and+until == 0 ? heard_is(heard, at, WORD_OCLOCK) : 0;
    if (and+until + oclock == 0)
        return 0;
    at += and+until + oclock;
    size_t link = heard_is(heard, at, WORD_AND);
    int minutes;
    bool is_said_minutes;
    len = amount_at(heard, at + link, &minutes, &is_said_minutes);
    if (len > 0 && (oclock == 0 || is_said_minutes)) {
        move(clock, until > 0 ? -minutes : minutes);
        return at + link + len - start;
    }
    clock->is_impossible = clock->hour > 23;
    return until > 0 ? 0 : at - start;
}

/* Minutes right after the hour: two written digits, "thirty", "oh five"; after a colon one digit is enough.
 */
static size_t minute_at(const struct heard *heard, size_t at, int *minute)
{
    struct number first, second;
    size_t len = number_at(heard, at, &first);
    if (len == 0 || first.is_ordinal)
        return 0;
    *minute = first.value;
    bool is_after_colon = heard_is_mark(heard, at - 1, ':') || heard_is_mark(heard, at - 1, '*');
    if (first.digits == 2 || (first.digits == 1 && is_after_colon) ||
        (first.digits == 0 && first.value >= 10 && first.value <= 99))
        return len;
    size_t next = first.value == 0 && first.digits <= 1 ? number_at(heard, at + len, &second) : 0;
    if (next == 0 || second.value > 9 || second.digits > 1)
        return 0;
    *minute = second.value;
    return len + next;
}

static bool is_letter_h(const struct heard *heard, size_t at)
{
    return at + 1 < heard->count && str_eq(heard->list[at].text, STR("h")) && heard->list[at].is_glued &&
           heard_is_number(heard, at + 1) && heard->list[at + 1].is_glued;
}

/* The mark between hour and minutes. */
static size_t mark_at(const struct heard *heard, size_t at, struct clock *clock)
{
    if (is_letter_h(heard, at)) {
        clock->is_24 = true;
        return 1;
    }
    size_t hours = heard_is(heard, at, WORD_CLOCK24);
    clock->is_24 = clock->is_24 || hours > 0;
    if (hours > 0)
        return hours;
    return heard_is_mark(heard, at, '\'') || heard_is_mark(heard, at, ':') || heard_is_mark(heard, at, '.') ||
           heard_is_mark(heard, at, '-') || heard_is_mark(heard, at, ';') || heard_is_mark(heard, at, ',') ||
           heard_is_mark(heard, at, '*');
}

/* "0630", "630", "eighteen hundred". */
static bool is_run(const struct number *number, struct clock *clock)
{
    bool is_written = number->digits == 3 || number->digits == 4;
    bool is_hundreds = number->digits == 0 && number->value >= 100 && number->value <= 2459;
    if (number->value < 0 || !(is_written || is_hundreds))
        return false;
    clock->hour = number->value / 100;
    clock->minute = number->value % 100;
    clock->is_24 = is_hundreds;
    return true;
}

static size_t direct_at(const struct heard *heard, size_t at, struct clock *clock)
{
    struct number number, next;
    size_t start = at, len = number_at(heard, at, &number);
    if (len == 0 || number.is_ordinal)
        return 0;
    /* "oh six thirty": the spoken 24-hour clock */
    size_t hour = number.value == 0 && number.digits == 0 ? number_at(heard, at + len, &next) : 0;
    if (hour > 0 && (number_is_spoken_digit(&next) || next.value % 100 == 0)) {
        clock->is_24 = true;
        number = next;
        len += hour;
    }
    at += len;
    if (is_run(&number, clock)) {
        clock->is_impossible = clock->hour > 23 || clock->minute > 59;
        return at - start;
    }
    if (number.digits > 2 || number.value < 0 || number.value > 99)
        return 0;
    clock->hour = number.value;
    size_t mark = mark_at(heard, at, clock);
    int minute;
    size_t minute_len = minute_at(heard, at + mark, &minute);
    bool is_span = minute_len > 0 && heard_is_mark(heard, at, '-') && minute == clock->hour + 1;
    if (minute_len > 0 && !is_span) {
        clock->minute = minute;
        at += mark + minute_len;
        bool has_seconds = heard_is_mark(heard, at, ':') && heard_is_number(heard, at + 1);
        at += has_seconds ? 2 : 0;
        clock->is_impossible = clock->hour > 23 || clock->minute > 59;
        return at - start;
    }
    clock->is_bare = true;
    clock->is_impossible = clock->hour > 23;
    return at - start;
}

size_t clock_at(const struct heard *heard, size_t at, struct clock *out)
{
    static size_t (*const readings[])(const struct heard *, size_t,
                                      struct clock *) = {shifted_at, relative_at, counted_at, direct_at};
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        *out = (struct clock){0};
        size_t len = readings[i](heard, at, out);
        if (len == 0)
            continue;
        if (out->is_bare && heard_is(heard, at + len, WORD_MINUTE))
            return 0;
        size_t word;
        while ((word = heard_is(heard, at + len, WORD_OCLOCK)) > 0 ||
               (word = heard_is(heard, at + len, WORD_MINUTE)) > 0) {
            out->is_bare = false;
            len += word;
        }
        word = heard_is(heard, at + len, WORD_CLOCK24);
        if (word > 0) {
            out->is_24 = true;
            out->is_bare = false;
        }
        return len + word;
    }
    return 0;
}

/* The half of the day that a part of it puts a dial time in: 1 first, 2 second, 3 either. */
static int half_of_day(enum day_part part, int dial)
{
    int hour = dial / 60; /* 12 o'clock is 0 here */
    switch (part) {
    case PART_AM:
        return 1;
    case PART_PM:
        return 2;
    case PART_MORNING:
        return dial == 0 ? 3 : 1;
    case PART_DAY:
        return hour < 6 ? 2 : 1;
    case PART_NOON:
    case PART_AFTERNOON:
        if (hour == 11 && (part == PART_NOON || dial % 60 >= 30))
            return 1;
        return hour <= 6 ? 2 : 3;
    case PART_EVENING:
        return hour == 0 ? 3 : 2;
    case PART_NIGHT:
        return hour <= 4 ? 1 : hour >= 7 ? 2 : 3;
    case PART_MIDNIGHT:
        return hour >= 10 ? 2 : hour <= 4 ? 1 : 3;
    }
    return 3;
}

/* All words together; when they contradict each other either half is possible. */
static int half_of_parts(unsigned parts, int dial)
{
    int half = 3;
    for (unsigned part = PART_AM; part <= PART_MIDNIGHT; part <<= 1) {
        if (parts & part)
            half &= half_of_day((enum day_part)part, dial);
    }
    return half == 0 ? 3 : half;
}

size_t clock_resolve(const struct clock *clock, int minutes[static 2])
{
    int moment = clock->hour * 60 + clock->minute;
    int dial = moment % MINUTES_OF_DIAL;
    int half = half_of_parts(clock->parts, dial);
    bool is_certain = clock->hour > 12 || clock->hour == 0 || (clock->is_24 && clock->parts == 0);
    minutes[0] = moment;
    if (is_certain && (clock->parts == 0 || (half & (moment >= MINUTES_OF_DIAL ? 2 : 1))))
        return 1;
    minutes[0] = half == 2 && !is_certain ? dial + MINUTES_OF_DIAL : dial;
    minutes[1] = dial + MINUTES_OF_DIAL;
    return half == 3 || is_certain ? 2 : 1;
}
