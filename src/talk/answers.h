#pragma once

/* The answers given so far: session.data, an object by step id. Never trusted, for a row may be written by
 * hand; values are shared between the objects made here, never changed. */

#include "talk/flow.h"
#include "talk/session.h"
#include "understand/place.h"

/* Is there an answer of the right shape? A null counts where the step may be unknown. */
bool answer_is_valid(const struct step *step, const struct json *data);
/* Valid, or left out by someone who was allowed to. */
bool answer_is_settled(const struct step *step, const struct session *session);
/* The steps that are: a bit each, by index. */
uint32_t answers_settled(const struct flow *flow, const struct session *session);

/* `data` with each member of `values` (NULL: none) in place of all members of `step` (NULL: of its namesake).
 */
const struct json *answers_with(const struct json *data, const struct step *step, const struct json *values,
                                struct arena *arena);
/* steps_completed as it was `before`, with only steps that are settled, each once, `answered` the latest. */
const struct json *answers_completed(const struct flow *flow, const struct json *before, uint32_t settled,
                                     const struct step *answered, struct arena *arena);

/* What a value is stored as: an object of one member, or of a place's four. */
const struct json *answer_members(const struct step *step, struct str value, struct arena *arena);
const struct json *answer_unknown(const struct step *step, struct arena *arena); /* null */
const struct json *answer_place(const struct step *step, const struct place *place, struct arena *arena);

bool answer_is_latitude(const struct json *value);
bool answer_is_longitude(const struct json *value);
/* Looks like an IANA zone: "Asia/Kolkata", "America/Argentina/Salta", "UTC". */
bool answer_is_timezone(struct str text);
/* "18:30" and "18:30:00" are times; gives hour and minute. */
bool answer_time(struct str text, int *hour, int *minute);
/* "1990-06-31", "0000-08-15": what was said of a date, though it is no day, or lacks a part (zeros). */
bool answer_date_said(struct str text, struct date *out);
