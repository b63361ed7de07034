#pragma once

/* The words of an answer as the parts of dates, and the dates that parts make. */

#include "understand/numbers.h"

enum date_part_kind { PART_NUMBER, PART_MONTH, PART_BREAK, PART_CORRECTION };
enum date_hint { MEANS_NONE, MEANS_DAY, MEANS_MONTH, MEANS_YEAR };

struct date_part {
    enum date_part_kind kind;
    enum date_hint hint; /* a number's meaning, where a word beside it says so */
    int month;           /* of PART_MONTH */
    struct number number;
    bool is_but;     /* of PART_CORRECTION: it need not take back what was before it */
    size_t from, to; /* the tokens that it was read from */
};

#define DATE_PARTS_MAX 48
struct date_parts {
    size_t count;
    bool has_words;    /* words that have no place in a date */
    bool has_birthday; /* "my birthday is …" */
    bool has_or;       /* "15 or 16 august" */
    size_t after_or;   /* the part that follows the last "or", or "and" where there is none */
    bool has_relative; /* today, yesterday */
    int relative_days;
    struct date_part list[DATE_PARTS_MAX]; /* of which only `count` are written: the rest is seldom touched */
};
void date_parts_of(const struct heard *heard, struct date_parts *out);

/* Tokens of a month's name that begins there; 0 when none does. */
size_t date_month_at(const struct heard *heard, size_t at, int *month);
/* Is a month named by a word that is nothing smaller? "mai 9 feb ko paida hua": mai is no May then. */
bool date_names_month(const struct heard *heard);

/* Tokens of a clock time that begins there ("6:30 am", "saadhe 6 baje"); 0 when none does. */
size_t date_clock_at(const struct heard *heard, size_t at);

enum date_grade {
    DATE_ABSENT,     /* nothing of a date */
    DATE_PARTIAL,    /* day, month or year missing */
    DATE_IMPOSSIBLE, /* complete, and no calendar day */
    DATE_DOUBTFUL,   /* two readings */
    DATE_COMPLETE
};

struct date_reading {
    enum date_grade grade;
    int day, month, year; /* 0: missing */
    struct date other;    /* of DATE_DOUBTFUL */
};

struct date_rules {
    struct date today;
    bool is_month_first; /* US, CA */
    bool is_order_guess; /* where both orders make a date, either may be meant */
};

struct date_rules date_rules_of(const struct utterance *said);

/* Parts without breaks between them as one date. */
struct date_reading date_read(const struct date_part *parts, size_t count, const struct date_rules *rules);

/* The same, where some at the end may belong to something else; `*used` are those that make the date. */
struct date_reading date_read_run(const struct date_part *parts, size_t count, const struct date_rules *rules,
                                  size_t *used);

/* A run of digits without separators, 1 to 8 of them. */
struct date_reading date_read_digits(struct str digits, const struct date_rules *rules);

/* The latest year with these last two digits in which that day is not after today. */
int date_full_year(int two_digits, int month, int day, struct date today);
bool date_is_in_range(struct date date, struct date today); /* 1900 to today */
