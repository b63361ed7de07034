#pragma once

/* A flow is data: what is asked, in which order, what counts as an answer and what happens at the end.
 * Read from config/flows (logic without words); its words are phrases of config/lang. */

#include "base/problem.h"
#include "message.h"

enum answer_kind {
    ANSWER_NAME,
    ANSWER_DATE,
    ANSWER_TIME,
    ANSWER_PLACE,
    ANSWER_CHOICE,
    ANSWER_PHONE,
    ANSWER_TEXT
};

/* "name", "date" …: as files and phrases call it. */
const char *answer_kind_name(enum answer_kind kind);

#define FLOW_STEPS_MAX   16
#define FLOW_CHOICES_MAX OUTBOUND_CHOICES_MAX
#define FLOW_NAMES_MAX   16 /* that a choice is called besides its title, in a language */

struct step {
    struct str id; /* the key in collected_data: name, birth_date … */
    enum answer_kind kind;
    struct str field;    /* how a person names it when correcting: a key of the lexicon's `fields` */
    bool may_be_unknown; /* "I don't know" is an answer: stored as null */
    bool may_skip;       /* may be left out: not stored */
    bool is_future;      /* dates: from today on; else up to today */
    int max_length;      /* texts and names, code points */
    struct str choices[FLOW_CHOICES_MAX]; /* ids; their titles are phrases */
    size_t choice_count;
    int line; /* where it stands in its file, for messages */
};

struct flow {
    struct str id;      /* the file's name without .yaml */
    struct str file;    /* where it was read from, for messages */
    struct str version; /* digest of the file, for sessions begun under another */
    struct step steps[FLOW_STEPS_MAX];
    size_t step_count;
    bool may_text; /* a caller who can't say or press an answer may go on by text message */
    bool confirms; /* reads everything back before the end */
    bool ends_with_chart;
    struct {
        struct str ayanamsa, houses, node; /* as frontdesk-chart knows them; empty: its usual one */
    } chart;
    struct str webhook;   /* URL called at the end; empty: none */
    int patience_minutes; /* silence before the one nudge */
    int misses_max;       /* answers in a row not understood before a way out is offered */
    struct str person;    /* a phone number or link offered to who asks for a person; may be empty */
    struct str region;
    const struct flow *next;
};

/* Reads every .yaml file in the folder. NULL when problems were added. */
const struct flow *flows_load(const char *folder, struct arena *arena, struct problems *problems);
const struct flow *flow_find(const struct flow *flows, struct str id); /* NULL when there is none */
static inline size_t flow_index(const struct flow *flow, const struct step *step)
{
    return (size_t)(step - flow->steps);
}
const struct step *flow_step(const struct flow *flow, struct str id,
                             size_t *index); /* NULL; index may be NULL */
