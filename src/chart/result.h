#pragma once

/* The answers, as JSON on one line without its line feed. Their members are described in PROTOCOL.md. */

#include "chart/chart.h"

struct str result_error(struct arena *arena, const struct json *id, const struct chart_error *error);

/* The whole way from a line to its answer; never fails. */
struct str result_for_line(struct arena *arena, struct str line, int64_t now_ms,
                           enum ephemeris_source wanted);
