#pragma once

/* What a conversation remembers beside its answers: which question is open, how often it was not understood,
 * what may be meant. Kept as JSON in session.memory; small and bounded. */

#include "talk/session.h"

/* The open question. EDIT to CHANGE, and RETURN, lie over the one below: once settled, that one is asked
 * again. */
enum asking {
    ASKING_NOTHING,
    ASKING_STEP,
    ASKING_WHICH, /* one of `candidates` for `step` */
    ASKING_HEARD, /* a call: was the only one of `candidates` heard right? */
    ASKING_CONFIRM,
    ASKING_EDIT,    /* which answer to change */
    ASKING_RESTART, /* really begin anew? */
    ASKING_DELETE,  /* really delete everything? */
    ASKING_CHANGE,  /* an old button was pressed: really `change`? */
    ASKING_CLOCK,   /* while the chart waits: which of `clock`? */
    ASKING_RETURN,  /* back after a while, or by another door: go on, or a new chart? See return.c */
    ASKING_AFTER,   /* after the end: what now? See after.c */
    ASKING_DESK     /* a person was asked for and nobody came: go on meanwhile, or wait? See desk.c */
};

/* Why is one candidate asked about? */
enum guess {
    GUESS_HEARD, /* it was spoken, or misspelt */
    GUESS_PIN,   /* it is the town nearest to the pin that was sent */
    GUESS_NEAR   /* it is the town that theirs, which has no name or is not known, is near to */
};

/* Of the call that is under way, or was the last. */
struct call_memory {
    struct str id;       /* caller.call; empty: nobody has called */
    int64_t turn;        /* the latest that was answered */
    int64_t asked;       /* number of the question it heard last */
    int64_t began_ms;    /* what was said before may have been said by somebody else */
    int silences;        /* in a row */
    struct str keys_for; /* step whose answer could not be heard: keys are asked for */
    bool has_pressed_zero;
    bool chooses_language;
    bool offers_text; /* "Shall I text the link?" was asked last */
};

/* When and by which door the person was last heard. */
struct presence {
    struct str door; /* input.door then; empty: not known */
    int64_t heard_ms;
    bool is_calling;     /* it was said into a call */
    bool is_handed_over; /* a call's question has gone on by text message, and waits there */
    bool is_reminded;    /* they were silent, and were reminded, which is done once */
    int64_t wakes_ms;    /* when they are looked at again, should they be silent; 0: not */
};

/* A person was asked for, and somebody at the dashboard may answer. See desk.c. */
enum desk_state {
    DESK_NONE,
    DESK_NOTED,   /* asked when nobody was there: until somebody answers, the bot goes on */
    DESK_AWAITED, /* the bot is silent, and nobody has come yet */
    DESK_TAKEN    /* … and somebody has */
};

struct desk_memory {
    enum desk_state state;
    int64_t excuse_ms; /* of DESK_AWAITED: when the person is told that nobody came; 0: was told */
    enum asking below; /* the question that was open when the bot fell silent */
};

struct memory {
    int64_t question; /* number of the last question asked; 0: none yet */
    int64_t since;    /* number from which on the open question has been the same one */
    enum asking asking;
    struct str step;               /* of ASKING_STEP and ASKING_WHICH */
    bool is_revisit;               /* the step has an answer already and is asked once more */
    bool is_edit;                  /* … and after it comes the confirmation again */
    int misses;                    /* answers in a row that were not understood */
    bool has_missed_late;          /* one of several messages that waited for long was such a miss */
    const struct json *candidates; /* a list of members to store; NULL: none */
    enum guess guess;              /* what makes us ask about the only candidate */
    struct str begun;              /* the beginning of an answer: 0000-08-15, "in the morning"; see begun.c */
    struct str begun_step;         /* … to this step */
    struct str change;             /* the old button's "step=value" */
    bool has_chosen_language;      /* by a wish: the script typed no longer switches it */
    struct str switched_by;        /* "wish" or "script": what last changed the language */
    bool wrote_latin;              /* once: the language in Latin letters that nobody has chosen yet */
    bool keeps_latin; /* … in which they write, though it is spoken without letters in a call just now */
    bool has_told_waiting; /* that the chart is being made */
    struct call_memory call;
    struct presence presence;
    struct desk_memory desk;
    struct str pending; /* said by who came back, before they were asked whether to go on */
    /* Two moments, one of which was meant: the clocks were changed; NULL: no doubt. */
    const struct json *clock;
    const struct json *chart; /* of a finished session: what chart.c says of it; NULL: there is none */
    struct str latest;        /* ids of the steps that were answered last, with a blank between */
    const struct json *given; /* who gave which answer when; see call.c. NULL: not known of any */
    int64_t erase_asked_ms;   /* when a text asked whether all is to be deleted, as a caller had said; 0: it
                                 didn't, or was answered. See erase.c */
    bool erase_was_repeated;  /* a yes was no answer to it */
};

/* Reads what it knows and ignores the rest: memory may come from another version of the program. */
struct memory memory_read(const struct json *memory);
const struct json *memory_write(const struct memory *memory, struct arena *arena);
