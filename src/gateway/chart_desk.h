#pragma once

/* A chart process for what a request waits for: a picture, a chart that is not kept. It is apart from those
 * of the jobs, so that neither keeps the other waiting; it begins with the first that asks. */

#include "gateway/gateway.h"

struct chart_desk;

struct chart_desk *chart_desk_new(struct loop *loop);
/* One line (copied), one answer: see chart_program_ask. ERR_UNAVAILABLE also where too many wait already,
 * ERR_TIMEOUT where its turn did not come in time. */
void chart_desk_ask(struct chart_desk *desk, struct str line,
                    void (*done)(void *arg, enum err err, struct str answer), void *arg);
void chart_desk_free(struct chart_desk *desk); /* whoever waits is not answered any more */
