#pragma once

/* Words for whoever tells something, in a conversation or on a page: phrases of one language, days and times
 * as people say them, and what a chart says. Pure. */

#include "base/clock.h"
#include "base/json.h"
#include "talk/phrase.h"

struct telling {
    const struct phrasebook *phrases;
    const struct lexicon *lexicon;
    struct str language;
    struct str flow; /* whose own phrases come first; may be empty */
    enum manner manner;
    struct arena *arena;
};

struct str tell(const struct telling *telling, const char *name, const struct filling *fillings);
/* "Asha" of "asha rao", "Suresh" of "Dr. K. Suresh Iyer"; empty where there is nothing to call them by. */
struct str tell_first_name(const struct telling *telling, struct str name);
struct str tell_date(const struct telling *telling, struct date date); /* "15 August 1990" */
/* "6:30 in the morning"; as a label shorter, where the language has that. */
struct str tell_time(const struct telling *telling, int hour, int minute, bool is_label);

/* ---- A chart: an answer of frontdesk-chart, or what a conversation remembers of one ---- */

#define CHART_INSIGHTS_MAX 4

enum chart_sign { CHART_SUN, CHART_MOON, CHART_ASCENDANT, CHART_SIGNS };

/* The sign's key where it is known for sure; else NULL. Also for what another version has remembered. */
const char *chart_sign_key(const struct json *chart, enum chart_sign sign);
/* "Leo", or "Cancer or Leo" of a day on which it changed; empty where it is not known at all. */
struct str tell_chart_sign(const struct telling *telling, const struct json *chart, enum chart_sign sign);
struct str tell_chart_nakshatra(const struct telling *telling, const struct json *chart);
/* "Sun sign: Leo …", a line each, and why something is missing. Empty without a chart. */
struct str tell_chart_lines(const struct telling *telling, const struct json *chart);
/* "Sun Cancer, Moon Taurus, Asc Leo". */
struct str tell_chart_signs(const struct telling *telling, const struct json *chart);
/* That the chart is there, and the signs, for where every character is paid for. */
struct str tell_chart_brief(const struct telling *telling, const struct json *chart);
/* At most `most` sentences about the person: Sun, Moon, ascendant, the Moon's nakshatra, as far as known. */
size_t tell_chart_insights(const struct telling *telling, const struct json *chart, struct str *out,
                           size_t most);
