#pragma once

/* Which words of an answer are talk, and which the name? */

#include "understand/name_frame.h"

/* Does a word stand there that sentences are made of and names are not? */
bool talk_has(const struct heard *heard, struct range range);

/* "Shahi", "anita kar": nothing but words of talk that people are called by, too, and unknown ones. */
bool talk_is_also_name(const struct heard *heard, struct range range);

/* The only words that are no talk, where the talk is about what somebody is called ("in the family everybody
 * calls me {} only"); false where it is about something else, or more than one name may be meant. */
bool talk_names(const struct heard *heard, struct range range, struct range *name);

/* Talk and nothing else: "and you", "my name". */
bool talk_is_all(const struct heard *heard, struct range range);

/* "Rahul, no wait, Rohit", "Ravi, not Rohan": the one that counts. */
struct range talk_cut_correction(const struct heard *heard, struct range range);

/* "Priya, P R I Y A": the letters only say again how it is written. */
struct range talk_cut_spelling(const struct heard *heard, struct range range);
