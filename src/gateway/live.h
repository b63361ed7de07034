#pragma once

/* What operators look at, as it changes: `GET /admin/api/live?what=TOPIC` is a stream of events, each a JSON
 * document of how things stand. However many look at a topic, a worker asks the database once for all of
 * them, every two seconds, and only while somebody looks; what has not changed is not sent again. */

#include "base/json.h"
#include "gateway/gateway.h"
#include "gateway/operators.h"

struct live;

struct live_topic {
    const char *name;
    enum operator_role minimum;
    const char *query; /* a file of sql/queries, whose answer is one JSON object */
    /* Adds what PostgreSQL does not know, also when it did not answer. May be NULL: then there is nothing to
     * see while PostgreSQL is away. */
    void (*complete)(const struct gateway *gateway, struct json *document, bool has_answered,
                     struct arena *arena);
};

struct live *live_new(struct gateway *gateway);
void live_drain(struct live *live); /* ends the streams */
void live_free(struct live *live);  /* after the store was closed */

/* The topic of how everything is going (overview.c). */
void overview_complete(const struct gateway *gateway, struct json *document, bool has_answered,
                       struct arena *arena);
