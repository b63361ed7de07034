#pragma once

/* A chart in one call of the API: of a session, or of birth data that nobody keeps. */

#include "gateway/routes.h"
#include "store/charts.h"
#include "talk/telling.h"

/* Longest that a request waits for its chart. */
#define QUICK_CHART_WAIT_MS 5000

struct quick_call {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    const struct json *body;
};

/* `record` with a nil profile: nothing was stored, and there are no links. */
void quick_chart_respond(struct quick_call *call, const struct telling *telling,
                         const struct chart_record *record);

/* Answers what the chart program found wrong with the birth itself; false: it is none of that. */
bool quick_chart_refuse(struct quick_call *call, struct str code, struct str detail);

/* For birth data without a session. */
void quick_chart_of_birth(struct quick_call *call);
