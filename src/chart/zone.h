#pragma once

/* Which instant did the clocks of a place show as this local time? By the zones of tzdata, which knows the
 * war times and local times before 1970 too. Uses the C library's one current zone: for programs of one
 * thread. */

#include "base/clock.h"

/* Local times are seconds since 1970-01-01 00:00 on the local calendar, as if every day had 86400 of them. */
struct zone_instant {
    int64_t utc_s;
    int32_t offset_s;      /* local minus UTC */
    char abbreviation[16]; /* "IST", "+0630", "LMT" */
};

enum zone_finding {
    ZONE_ONCE,  /* instants[0] */
    ZONE_TWICE, /* the clocks went back: instants[0] is the earlier, instants[1] the later */
    ZONE_NEVER  /* the clocks went forward over it */
};

struct zone_reading {
    enum zone_finding finding;
    /* ZONE_NEVER: what somebody may have meant whose clock showed it: put back or forward by as much as the
     * clocks jumped (instants[0] before the jump, instants[1] after it). */
    struct zone_instant instants[2];
    int64_t gap_begins_s; /* ZONE_NEVER: the first local time that never was, */
    int64_t gap_ends_s;   /* and the first that was again */
};

/* Makes an IANA zone ("Asia/Kolkata") the current one; false for any other text. */
bool zone_use(struct str name);

struct zone_reading zone_read(int64_t local_s);

/* A calendar day in the current zone: all instants at which clocks showed it are in [begins_s, ends_s]. For a
 * day that was skipped altogether the two are equal. */
struct zone_day {
    int64_t begins_s; /* UTC */
    int64_t ends_s;
};
struct zone_day zone_day(struct date day);
