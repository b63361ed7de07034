/* What date are digits without anything between them? The orders are tried in turn; the first that gives a
 * calendar date from 1900 to today wins. */

#include "understand/date_parts.h"

static const char *const EIGHT[] = {"DDMMYYYY", "MMDDYYYY", "YYYYMMDD"};
static const char *const EIGHT_MONTH_FIRST[] = {"MMDDYYYY", "DDMMYYYY", "YYYYMMDD"};
static const char *const SIX[] = {"DDMMYY", "MMDDYY", "YYMMDD"};
static const char *const SIX_MONTH_FIRST[] = {"MMDDYY", "DDMMYY", "YYMMDD"};
static const char *const SEVEN[] = {"DMMYYYY", "DDMYYYY"};
static const char *const SEVEN_MONTH_FIRST[] = {"MDDYYYY", "MMDYYYY"};

int date_full_year(int two_digits, int month, int day, struct date today)
{
    int year = today.year - today.year % 100 + two_digits;
    bool is_later = year > today.year || (year == today.year &&
                                          (month > today.month || (month == today.month && day > today.day)));
    return is_later ? year - 100 : year;
}

bool date_is_in_range(struct date date, struct date today)
{
    return date.year >= 1900 && date_to_days(date) <= date_to_days(today);
}

static bool read_order(struct str digits, const char *order, struct date today, struct date *out)
{
    int day = 0, month = 0, year = 0, year_digits = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int *field = order[i] == 'D' ? &day : order[i] == 'M' ? &month : &year;
        *field = *field * 10 + (digits.data[i] - '0');
        year_digits += order[i] == 'Y';
    }
    if (year_digits == 2)
        year = date_full_year(year, month, day, today);
    *out = (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return year >= 1 && date_is_valid(*out);
}

static struct date_reading complete(struct date date)
{
    return (struct date_reading){
        .grade = DATE_COMPLETE, .day = date.day, .month = date.month, .year = date.year};
}

static struct date_reading both(struct date first, struct date second)
{
    struct date_reading doubtful = complete(first);
    doubtful.grade = DATE_DOUBTFUL;
    doubtful.other = second;
    return doubtful;
}

/* Of the first two orders neither is surer than the other where the order is a guess. */
static bool is_in_other_order(struct str digits, const char *order, const struct date_rules *rules,
                              struct date first, struct date *other)
{
    return rules->is_order_guess && read_order(digits, order, rules->today, other) &&
           date_is_in_range(*other, rules->today) && date_to_days(*other) != date_to_days(first);
}

static struct date_reading read_orders(struct str digits, const char *const orders[3],
                                       const struct date_rules *rules)
{
    struct date_reading best = {.grade = DATE_IMPOSSIBLE};
    for (size_t i = 0; i < 3; i++) {
        struct date date, other;
        if (!read_order(digits, orders[i], rules->today, &date))
            continue;
        bool is_good = date_is_in_range(date, rules->today);
        if (is_good && i == 0 && is_in_other_order(digits, orders[1], rules, date, &other))
            return both(date, other);
        if (is_good)
            return complete(date);
        if (best.grade == DATE_IMPOSSIBLE)
            best = complete(date);
    }
    return best;
}

/* A zero of the day or of the month was left out: "1111990" has two readings. */
static struct date_reading read_seven(struct str digits, const char *const orders[2], struct date today)
{
    struct date first, second;
    bool is_first = read_order(digits, orders[0], today, &first);
    bool is_second = read_order(digits, orders[1], today, &second);
    if (is_first && is_second)
        return both(first, second);
    if (is_first || is_second)
        return complete(is_first ? first : second);
    return (struct date_reading){.grade = DATE_IMPOSSIBLE};
}

struct date_reading date_read_digits(struct str digits, const struct date_rules *rules)
{
    bool is_month_first = rules->is_month_first;
    if (digits.len == 8)
        return read_orders(digits, is_month_first ? EIGHT_MONTH_FIRST : EIGHT, rules);
    if (digits.len == 7)
        return read_seven(digits, is_month_first ? SEVEN_MONTH_FIRST : SEVEN, rules->today);
    if (digits.len == 6)
        return read_orders(digits, is_month_first ? SIX_MONTH_FIRST : SIX, rules);
    return (struct date_reading){.grade = digits.len > 8 || digits.len == 0 ? DATE_ABSENT : DATE_PARTIAL};
}
