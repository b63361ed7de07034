/* Which date do these parts make? Every order in which people say day, month and year is tried against the
 * parts; a field may be several of them ("nineteen ninety", "one nine nine zero"). */

#include "understand/date_parts.h"

#include <string.h>

struct reading_try {
    const struct date_part *parts;
    size_t count;
    const struct date_rules *rules;
    const char *order; /* the letters D, M, Y */
    bool is_named;     /* a month stands there by name */
    int day, month, year;
    bool is_year_full;           /* four digits, or said in full */
    struct date_reading found;   /* of this order */
    struct date_reading invalid; /* the first complete reading that is no calendar day */
};

static bool is_plain(const struct date_part *part, enum date_hint hint)
{
    return part->kind == PART_NUMBER && (part->hint == MEANS_NONE || part->hint == hint);
}

static bool is_digit_part(const struct date_part *part, enum date_hint hint)
{
    return is_plain(part, hint) && number_is_spoken_digit(&part->number);
}

/* A day or month number from `len` parts; -1 when they are none. */
static int read_small(const struct date_part *part, size_t len, enum date_hint hint)
{
    if (len == 1 && is_plain(part, hint) && part->number.digits <= 2 && part->number.value <= 99)
        return part->number.value;
    if (len == 2 && is_digit_part(&part[0], hint) && is_digit_part(&part[1], hint))
        return part[0].number.value * 10 + part[1].number.value;
    return -1;
}

static bool is_two_digits(const struct date_part *part)
{
    return part->number.digits == 2 || (part->number.digits == 0 && part->number.value >= 10);
}

static bool is_century(const struct date_part *part)
{
    return is_two_digits(part) && part->number.value >= 18 && part->number.value <= 20;
}

static bool are_digits(const struct date_part *part, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_digit_part(&part[i], MEANS_YEAR))
            return false;
    }
    return true;
}

/* The year that `len` parts say: `*is_full` with its century. -1 when they are none. */
static int read_year(const struct date_part *part, size_t len, bool *is_full)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_plain(&part[i], MEANS_YEAR) || part[i].number.is_ordinal)
            return -1;
    }
    int first = part[0].number.value;
    *is_full = len != 1;
    if (len == 1) {
        *is_full = part->number.digits == 4 || (part->number.digits == 0 && first >= 1000 && first <= 9999);
        return *is_full || (first <= 99 && is_two_digits(part)) ? first : -1;
    }
    int second = part[1].number.value;
    if (len == 2 && are_digits(part, 2)) {
        *is_full = false;
        return first * 10 + second;
    }
    if (len == 2)
        return is_century(part) && is_two_digits(&part[1]) && second <= 99 ? first * 100 + second : -1;
    if (len == 3)
        return is_century(part) && are_digits(part + 1, 2) ? first * 100 + second * 10 + part[2].number.value
                                                           : -1;
    bool is_said = len == 4 && are_digits(part, 4) && (first == 1 || first == 2);
    return is_said ? first * 1000 + second * 100 + part[2].number.value * 10 + part[3].number.value : -1;
}

static void keep(struct reading_try *try)
{
    int year =
        try->is_year_full ? try->year : date_full_year(try->year, try->month, try->day, try->rules->today);
    struct date date = {(int16_t)year, (uint8_t)try->month, (uint8_t)try->day};
    struct date_reading reading = {
        .grade = DATE_COMPLETE, .day = try->day, .month = try->month, .year = year};
    if (year < 1 || !date_is_valid(date)) {
        reading.grade = DATE_IMPOSSIBLE;
        if (try->invalid.grade == DATE_ABSENT)
            try->invalid = reading;
    } else if (try->found.grade == DATE_ABSENT) {
        try->found = reading;
    } else if (try->found.day != try->day || try->found.month != try->month || try->found.year != year) {
        try->found.grade = DATE_DOUBTFUL;
        try->found.other = date;
    }
}

/* Is the part the second half of a spoken year? */
static bool follows_century(const struct reading_try *try, size_t at)
{
    const struct date_part *before = at > 0 ? &try->parts[at - 1] : NULL;
    return before && before->kind == PART_NUMBER && before->number.digits == 0 &&
           !before->number.is_ordinal && try->parts[at].number.digits == 0 && is_century(before);
}

static void match_fields(struct reading_try *try, size_t at, size_t field);

static void match_month(struct reading_try *try, size_t at, size_t field)
{
    const struct date_part *part = &try->parts[at];
    if (part->kind == PART_MONTH) {
        try->month = part->month;
        match_fields(try, at + 1, field + 1);
        return;
    }
    for (size_t len = 1; !try->is_named && len <= 2 && at + len <= try->count; len++) {
        try->month = read_small(part, len, MEANS_MONTH);
        if (try->month >= 0)
            match_fields(try, at + len, field + 1);
    }
}

static void match_fields(struct reading_try *try, size_t at, size_t field)
{
    if (try->order[field] == '\0') {
        if (at == try->count)
            keep(try);
        return;
    }
    if (at >= try->count)
        return;
    if (try->order[field] == 'M') {
        match_month(try, at, field);
        return;
    }
    for (size_t len = 1; len <= 4 && at + len <= try->count; len++) {
        if (try->order[field] == 'Y') {
            try->year = read_year(&try->parts[at], len, &try->is_year_full);
            /* a short year in front is too easily a day; "nineteen ninety" is not 19 and '90 */
            bool is_clear = try->is_year_full || try->parts[at].hint == MEANS_YEAR ||
                            (field == 2 && !follows_century(try, at));
            if (try->year >= 0 && is_clear)
                match_fields(try, at + len, field + 1);
        } else {
            try->day = read_small(&try->parts[at], len, MEANS_DAY);
            if (try->day >= 0)
                match_fields(try, at + len, field + 1);
        }
    }
}

static const char *const NAMED_ORDERS[] = {"DMY", "MDY", "YMD", "YDM", "MYD", NULL};
static const char *const DAY_FIRST[] = {"DMY", "MDY", "YMD", NULL};
static const char *const MONTH_FIRST[] = {"MDY", "DMY", "YMD", NULL};

static bool is_same_day(const struct date_reading *a, const struct date_reading *b)
{
    return a->day == b->day && a->month == b->month && a->year == b->year;
}

/* Day first or month first, and nobody knows which: a second date that the parts make is as likely. */
static void doubt_order(struct reading_try *try, const char *other_order)
{
    struct date_reading first = try->found;
    try->found = (struct date_reading){.grade = DATE_ABSENT};
    try->order = other_order;
    match_fields(try, 0, 0);
    struct date_reading second = try->found;
    try->found = first;
    if (second.grade == DATE_ABSENT || is_same_day(&first, &second))
        return;
    try->found.grade = DATE_DOUBTFUL;
    try->found.other = (struct date){(int16_t)second.year, (uint8_t)second.month, (uint8_t)second.day};
}

static struct date_reading read_complete(const struct date_part *parts, size_t count,
                                         const struct date_rules *rules)
{
    struct reading_try try = {.parts = parts, .count = count, .rules = rules};
    for (size_t i = 0; i < count; i++)
        try.is_named = try.is_named || parts[i].kind == PART_MONTH;
    const char *const *orders = try.is_named ? NAMED_ORDERS : rules->is_month_first ? MONTH_FIRST : DAY_FIRST;
    for (size_t i = 0; orders[i]; i++) {
        try.order = orders[i];
        match_fields(&try, 0, 0);
        if (try.found.grade == DATE_ABSENT)
            continue;
        if (i == 0 && !try.is_named && rules->is_order_guess && try.found.grade == DATE_COMPLETE)
            doubt_order(&try, orders[1]);
        return try.found;
    }
    return try.invalid;
}

/* Digits said or written one by one: "one five zero eight one nine nine zero". */
static struct date_reading read_spelled(const struct date_part *parts, size_t count,
                                        const struct date_rules *rules)
{
    char digits[8];
    if (count < 6 || count > sizeof digits)
        return (struct date_reading){.grade = DATE_ABSENT};
    for (size_t i = 0; i < count; i++) {
        const struct number *number = &parts[i].number;
        bool is_digit = parts[i].kind == PART_NUMBER && !number->is_ordinal && number->digits <= 1 &&
                        number->value >= 0 && number->value <= 9;
        if (!is_digit)
            return (struct date_reading){.grade = DATE_ABSENT};
        digits[i] = (char)('0' + number->value);
    }
    return date_read_digits((struct str){digits, count}, rules);
}

static struct date_reading read_run(const struct number *number, const struct date_rules *rules)
{
    char digits[16];
    int value = number->value;
    for (int i = number->digits - 1; i >= 0; i--) {
        digits[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return date_read_digits((struct str){digits, number->digits}, rules);
}

/* What there is of a date where it is not complete. */
static struct date_reading read_partial(const struct date_part *parts, size_t count)
{
    struct date_reading partial = {.grade = DATE_PARTIAL};
    for (size_t i = 0; i < count; i++) {
        const struct number *number = &parts[i].number;
        bool is_full;
        if (parts[i].kind == PART_MONTH) {
            partial.month = parts[i].month;
            continue;
        }
        for (size_t len = count - i < 4 ? count - i : 4; len > 0; len--) {
            int year = read_year(&parts[i], len, &is_full);
            if (year < 0 || (!is_full && parts[i].hint != MEANS_YEAR && year <= 31) || partial.year)
                continue;
            partial.year = year;
            i += len - 1;
            number = NULL;
            break;
        }
        if (number && number->digits <= 2 && number->value >= 1 && number->value <= 31) {
            if (parts[i].hint == MEANS_MONTH)
                partial.month = number->value;
            else
                partial.day = number->value;
        }
    }
    return partial;
}

/* "1508 1990", "15 081990": digits stuck together; each run is cut into two and two (and four). */
static size_t cut_runs(const struct date_part *parts, size_t count, struct date_part out[static 12])
{
    size_t made = 0;
    for (size_t i = 0; i < count && made + 3 <= 12; i++) {
        const struct number *number = &parts[i].number;
        bool is_run = parts[i].kind == PART_NUMBER &&
                      (number->digits == 6 ||
                       (number->digits == 4 && i == 0 && number->value % 100 <= 12 && count == 2));
        out[made] = parts[i];
        if (!is_run) {
            made++;
            continue;
        }
        int tail = number->digits == 6 ? 10000 : 100;
        out[made].number = (struct number){.value = number->value / tail, .digits = 2, .copies = 1};
        out[made + 1] = out[made];
        out[made + 1].number.value = number->value % tail;
        out[made + 1].number.digits = number->digits == 6 ? 4 : 2;
        made += 2;
    }
    return made;
}

struct date_reading date_read(const struct date_part *parts, size_t count, const struct date_rules *rules)
{
    if (count == 0)
        return (struct date_reading){.grade = DATE_ABSENT};
    if (count == 1 && parts->kind == PART_NUMBER && parts->number.digits >= 5)
        return parts->number.digits <= 8 ? read_run(&parts->number, rules)
                                         : (struct date_reading){.grade = DATE_ABSENT};
    struct date_reading reading = read_spelled(parts, count, rules);
    if (reading.grade == DATE_ABSENT && count <= 10)
        reading = read_complete(parts, count, rules);
    struct date_part cut[12];
    if (reading.grade == DATE_ABSENT && count <= 3) {
        size_t made = cut_runs(parts, count, cut);
        if (made > count)
            reading = read_complete(cut, made, rules);
    }
    return reading.grade == DATE_ABSENT ? read_partial(parts, count) : reading;
}
