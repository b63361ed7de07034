#pragma once

/* Keeps webhooks on disk while PostgreSQL is away, so that they can be answered 200 all the same; see
 * spool_drain.h for what becomes of them. Only WhatsApp and SMS wait: a caller is on the line, and a web chat
 * sends again by itself. */

#include "gateway/gateway.h"
#include "gateway/turn.h"
#include "store/spool.h"

struct spooling;

struct spool_conf spool_conf_of(const struct config *config, struct shared *shared, struct arena *arena);
struct spooling *spooling_new(struct gateway *gateway, const struct spool_conf *conf);
void spooling_free(struct spooling *spooling); /* NULL is fine */
size_t spooling_under_way(const struct gateway *gateway);
bool spooling_is_empty(const struct spooling *spooling);
struct spool *spooling_spool(struct spooling *spooling);

/* A webhook that may have to wait. Plain data of its owner's, zeroed before the first use. */
struct spooling_webhook {
    const struct channel_conf *conf; /* whose secret fitted */
    const struct http_request *request;
    const struct batch *batch;
    struct arena *arena;
    void (*done)(void *arg, enum err err); /* ERR_NONE: it is durable; else it must be refused */
    void *arg;
    /* spooling.c's */
    struct gateway *gateway;
    struct spool_put put;
    bool is_held;
};

/* PostgreSQL is away, or somebody who speaks in it has something in the spool. */
bool spooling_must_wait(struct gateway *gateway, struct spooling_webhook *webhook);
/* A turn of it could not be had: from now on its people's newer messages wait. It must be put then. */
void spooling_hold(struct gateway *gateway, struct spooling_webhook *webhook);
/* Puts it into the spool. There must be one. */
void spooling_put(struct gateway *gateway, struct spooling_webhook *webhook);

/* Does this turn have to wait for something that its person said before? */
bool spooling_is_before(const struct gateway *gateway, int64_t lane, const struct turn_ask *ask);
/* Calls back from the loop, not from in here. */
void spooling_later(struct spooling *spooling, void (*run)(void *arg), void *arg);
