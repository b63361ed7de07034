#pragma once

/* A chart as a picture, drawn by frontdesk-chart: what goes onto it is decided here, how it looks there. */

#include "gateway/gateway.h"
#include "store/charts.h"
#include "talk/telling.h"

struct chart_picture {
    struct telling telling;
    const struct chart_record *record;
    bool is_owner;  /* else what may be handed on: no full name, date, time or place unless the owner chose so
                     */
    bool is_svg;    /* else PNG */
    bool is_packed; /* the SVG, by gzip: its outlines take a fifth then */
    bool is_tall;   /* one chart below the other, for narrow screens */
};

/* `done` comes once, from the loop: the bytes, valid during the call, or why there are none: ERR_UNAVAILABLE,
 * ERR_TIMEOUT, or ERR_INTERNAL for a chart that can't be drawn (logged). */
void chart_picture_draw(struct gateway *gateway, const struct chart_picture *picture,
                        void (*done)(void *arg, enum err err, struct str bytes), void *arg);
