#pragma once

/* Inside turn.c and the turn_*.c files: one turn under way. */

#include "gateway/turn.h"
#include "store/charts.h"

struct turn {
    struct gateway *gateway;
    struct arena arena;
    struct turn_ask ask;
    const struct script *script; /* as it was when the turn began */
    const struct flow *flow;
    struct place_in_line place;
    struct turn_load load;
    struct turn_commit *commit; /* made by turn_record */
    struct input input;
    struct session now; /* as loaded, or new */
    bool is_new_session;
    struct uuid left; /* the unfinished session that its person leaves behind for a new one; nil: none */
    int64_t left_version;
    struct outcome *outcome;       /* of the last step … */
    bool has_outcome;              /* … when it was one to be kept */
    const struct chart_link *link; /* of its chart; NULL where the turn shows and keeps none */
    struct uuid suspect;           /* the input's name in shared memory while pure code works on it */
    bool is_poison;                /* workers died on it: recorded as such, and nothing more */
    struct str answer;
    int conflicts;
    uint64_t began_ns;
};

/* The person's turn has come: from here on it goes as turn.h says. */
void turn_look_up(struct turn *turn);
/* Ends a turn that can't be taken. */
void turn_fail(struct turn *turn, enum err err);

/* turn_session.c: sets turn->flow. Of a session asked for by key or id: is it there, and still as it was
 * seen? */
enum err turn_find_flow(struct turn *turn);
/* There is no session to go on with. Who has finished can only be offered another one. */
bool turn_wants_new_session(const struct turn *turn);
/* Each sets turn->now. */
void turn_begin_session(struct turn *turn);
void turn_continue_session(struct turn *turn);
/* The session that the outcome's `begins` asks for: the same input is taken again in it, first of all. */
void turn_begin_another(struct turn *turn);

/* A flow that was switched off takes no new session; those under way go on. */
bool turn_is_switched_off(const struct turn *turn);
/* What needs no conversation: it is recorded, so that its repetition is known, and that is all. */
bool turn_is_set_aside(struct turn *turn);
/* Fills turn->input from the message and what was loaded of its sender. */
void turn_hear(struct turn *turn);

/* Fills turn->commit from the outcome: the record of this turn. */
void turn_record(struct turn *turn);
/* turn_effects.c: what the commit does besides moving the session, as JSON; empty: nothing. */
struct str turn_effects(struct turn *turn);
/* The same of a message that moves no session, but brings news of its sender's number. */
struct str turn_news(struct turn *turn);
/* turn_ticket.c: what the dashboard's ticket gets to know; NULL: nothing. */
const struct json *turn_ticket(struct turn *turn);
/* Ends a turn whose input was taken before: with what was said then. */
void turn_repeat(struct turn *turn);
/* The last step of every turn. */
void turn_end(struct turn *turn, struct turn_result *result);
