#pragma once

/* One worker's world: what its parts share. */

#include "gateway/config.h"
#include "gateway/metrics.h"
#include "gateway/people.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "store/store.h"
#include "talk/talk.h"

struct outbox;
struct typing_watch;
struct limits;
struct redis;
struct web_chat;
struct chart_jobs;
struct site;
struct spooling;
struct spool_drain;
struct chart_desk;
struct reference;
struct transcriber;
struct voice_notes;
struct operators;
struct live;
struct dashboard;

/* One listener of the gateway: where ADMIN_BIND is set there are two, and what operators see answers on its
 * own only. */
struct front {
    struct gateway *gateway;
    bool is_public;
    bool is_admin;
    struct http_server *server; /* NULL: there is no such listener */
};

struct gateway {
    const struct config *config;
    const struct script *script; /* replaced by SIGHUP; a turn keeps the one it began with */
    const struct site *site;     /* what a browser gets of it; replaced with it */
    const struct reference *reference;
    const struct dashboard *dashboard;
    struct live *live;
    struct operators *operators; /* replaced by SIGHUP */
    struct str script_problem;   /* why the newest files were not taken; empty when they were */
    struct loop *loop;
    struct store *store;
    struct redis *redis; /* NULL: REDIS_URL is not set */
    struct front public_front;
    struct front admin_front; /* unused unless ADMIN_BIND is set */
    struct http_client *client;
    struct outbox *outbox;
    struct typing_watch *typing;
    struct web_chat *web_chat;
    struct chart_jobs *chart_jobs;
    struct chart_desk *chart_desk;
    struct transcriber *transcriber; /* NULL: there is no service that writes speech down */
    struct voice_notes *voice_notes; /* NULL likewise */
    struct people *people;
    struct spooling *spooling;       /* NULL: there is no spool */
    struct spool_drain *spool_drain; /* NULL likewise */
    struct limits *limits;
    struct shared *shared;
    struct metrics_slot *metrics;    /* this worker's */
    struct web_clients *web_clients; /* this worker's */
    struct in_hand *in_hand;         /* this worker's */
    size_t turns_under_way;
    bool is_ready;         /* the database answers and is migrated */
    bool is_away;          /* the last look found no database: who needs it hears so at once */
    bool is_other_version; /* it is there, but not with this program's migrations */
    bool is_draining;
};
