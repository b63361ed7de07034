#pragma once

/* A flow as a map: its statuses, its questions, and the ways between them, in the words of the English
 * phrases. What is the same at every question (help, another language, a second try) is left out. Drawn by
 * `frontdesk flow graph` and by the dashboard. */

#include "talk/flow.h"
#include "talk/phrase.h"

enum way_kind {
    WAY_ON,      /* as things should go: the answer came, the chart is ready */
    WAY_UNKNOWN, /* "I don't know" */
    WAY_SKIP,
    WAY_BACK,
    WAY_CHANGE, /* from the confirmation to the choice of what to change, from there to it, and back again */
    WAY_FAIL
};

struct flow_place {
    struct str id;           /* a status, "confirm", "edit", or "step_" and the step's id */
    struct str title;        /* a question's words */
    struct str label;        /* in a word or two */
    const struct step *step; /* NULL: it is no step */
    bool is_inside;          /* one of the questions that collecting_data consists of */
};

struct flow_way {
    struct str from; /* empty: the beginning, of the questions or of everything */
    struct str to;   /* empty: their end */
    struct str title;
    enum way_kind kind;
    bool is_inside; /* between questions */
};

#define FLOW_PLACES_MAX (FLOW_STEPS_MAX + 7)
#define FLOW_WAYS_MAX   (FLOW_STEPS_MAX * 6 + 12)

struct flow_map {
    const struct flow *flow;
    struct flow_place places[FLOW_PLACES_MAX];
    size_t place_count;
    struct flow_way ways[FLOW_WAYS_MAX];
    size_t way_count;
};

const struct flow_map *flow_map_of(const struct flow *flow, const struct phrasebook *phrases,
                                   struct arena *arena);
