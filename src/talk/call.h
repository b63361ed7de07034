#pragma once

/* What is special about a conversation on the telephone. Inside src/talk only.
 *
 * A call is the same conversation, heard instead of read: it begins with the language, reads back what it
 * heard, asks for keys where speech failed, hands a question over to a text message, tells silence from not
 * understood, and ends by saying goodbye. What comes by text message meanwhile moves the same session: the
 * call notices by the question's number. Everything here does nothing where input.caller is NULL. */

#include "talk/memory.h"
#include "talk/phrase.h"

struct turn;
struct step;

/* How many of several places or times a caller is offered: more can't be kept in mind. */
#define CALL_CANDIDATES_MAX 3

/* What only a call brings: its beginning, silence, the keys 0 and 9, the language, late answers. True when
 * the turn is over. */
bool call_settles(struct turn *turn);
/* Before the turn is closed: a call always hears something, and remembers what it was asked. */
void call_close(struct turn *turn);

/* The question of a step, by keys where speech failed. */
struct str call_step_words(struct turn *turn, const struct step *step);
struct str call_heard_words(struct turn *turn, const struct step *step); /* "I heard Asha." */

/* An answer that is asked about before it is taken: a name or place that was heard, an hour by keys that may
 * be morning or evening. False: it can be taken. */
bool call_doubts(struct turn *turn, const struct step *step, const struct json *members);
/* Words to "I heard Asha. 1 right, 2 again"; and the two answers themselves. */
void call_take_heard(struct turn *turn, const struct step *step);
void call_take_right(struct turn *turn);
void call_take_wrong(struct turn *turn);

/* An answer that was not understood; `reason` is a sentence. */
void call_miss(struct turn *turn, const struct step *step, struct str reason);
/* Says how things stand with a session that is at rest, and offers the link by text message. */
void call_rest(struct turn *turn);
/* The answers are kept; nothing more is asked. */
void call_goodbye(struct turn *turn);

/* May that answer be said aloud? A caller's number can be forged: only what this very number gave in the last
 * 15 minutes, or during this call, may. True where nobody calls. */
bool call_may_say(struct turn *turn, const struct step *step);
/* Remembers for that who gave which answer when. */
void call_note_given(struct turn *turn);
