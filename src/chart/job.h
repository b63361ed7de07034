#pragma once

/* What is asked for: one JSON object, read and checked. And what can be wrong with it. */

#include "base/clock.h"
#include "base/json.h"
#include "chart/ephemeris.h"
#include "chart/zone.h"

/*       name              code in the answer */
#define CHART_FAULT_TABLE(X)                                                                                 \
    X(NONE, "")                                                                                              \
    X(MALFORMED, "malformed")                   /* not a JSON object, or a line too long */                  \
    X(INVALID, "invalid")                       /* `field` is missing or not acceptable */                   \
    X(DATE_OUT_OF_RANGE, "date_out_of_range")   /* before 1900-01-01, or in the future */                    \
    X(UNKNOWN_TIMEZONE, "unknown_timezone")     /* no zone of the IANA database */                           \
    X(TIME_DID_NOT_EXIST, "time_did_not_exist") /* the clocks jumped over it: `reading` */                   \
    X(TIME_CAME_TWICE, "time_came_twice")       /* the clocks went back: `reading`; ask, send utc_offset */  \
    X(EPHEMERIS_FAILED, "ephemeris_failed")     /* the library refuses; `message` has its reason */          \
    X(FONT_MISSING, "font_missing")             /* of a picture: our own words can't be written */           \
    X(PICTURE_FAILED, "picture_failed")         /* likewise: it could not be drawn */

enum chart_fault {
#define X(name, code) CHART_##name,
    CHART_FAULT_TABLE(X)
#undef X
};

struct chart_error {
    enum chart_fault fault;
    struct str field;            /* of the job; empty where no single one is to blame */
    struct str message;          /* for a log, in English; holds no birth data */
    struct zone_reading reading; /* for the two faults of time */
};

struct str chart_fault_code(enum chart_fault fault);

struct chart_job {
    const struct json *id;      /* a string or a number, given back as it came; NULL: none */
    const struct json *picture; /* what is to be drawn; then nothing else is read. NULL: a chart is wanted */
    struct date birth_date;
    bool has_time;
    int32_t birth_time_s; /* since local midnight */
    double latitude;      /* north positive, -90 to 90 */
    double longitude;     /* east positive, -180 to 180 */
    struct str timezone;  /* IANA name, not yet looked up */
    enum ayanamsa ayanamsa;
    enum house_system houses;
    enum node_kind node;
    bool has_utc_offset;
    int32_t utc_offset_s; /* which of the two, where a local time came twice; ignored where it did not */
    int64_t now_s;        /* UTC: no birth is later */
    int64_t period_s;     /* UTC: the period running then is the current one */
};

/* Reads one line. `now_ms` is the clock's; a job's own `today` replaces it where the current period is looked
 * for. On a fault out->id is set nevertheless, where there is one. */
struct chart_error job_read(struct arena *arena, struct str line, int64_t now_ms, struct chart_job *out);
