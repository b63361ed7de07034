#pragma once

/* Who listens to which web chat on this worker, and how far each of them has heard.
 *
 * Whatever a session says is read from the database by its number, never handed from the turn to the socket:
 * so it makes no difference which worker took the turn, what was missed while nobody listened, and how often
 * we are told. Others tell us by Redis that there is something new; in case they can't, we look from time to
 * time. */

#include "gateway/gateway.h"
#include "store/transcripts.h"

struct audience;
struct audiences;

/* One socket; part of what its owner keeps of it. */
struct listener {
    struct audience *audience; /* NULL: none yet */
    struct listener *next;
    int64_t heard; /* the last seq it was sent */
};

struct audiences_conf {
    /* A message of the server. May not leave or join. */
    void (*hear)(struct listener *listener, struct str text);
    /* It has heard all that there was when somebody last looked. */
    void (*settled)(struct listener *listener);
};

struct audiences *audiences_new(struct gateway *gateway, const struct audiences_conf *conf);
void audiences_free(struct audiences *audiences); /* after the store was closed and everyone has left */
struct transcripts *audiences_transcripts(struct audiences *audiences);

/* From now on `listener` hears everything after `heard`. */
void audience_join(struct audiences *audiences, struct listener *listener, const struct session *session,
                   int64_t heard);
void audience_leave(struct listener *listener);
struct str audience_key(const struct listener *listener); /* of the session; lives until it leaves */
struct uuid audience_session(const struct listener *listener);
bool audience_is_looking(const struct listener *listener); /* something may be on its way to it */

/* Something new was committed in this session: tells everyone's workers. */
void audience_news(struct audiences *audiences, struct uuid session);
/* A message outside the count, to all who listen here: the last words of a session that is erased. */
void audience_tell(const struct listener *one_of_them, struct str text);
