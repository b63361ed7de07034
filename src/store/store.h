#pragma once

/* What PostgreSQL holds, asked in batches. Each operation is a struct that its caller owns until `done` was
 * called; `done` comes once, from the loop, with ERR_NONE or why it could not be had (see pg.h). */

#include "base/arena.h"
#include "base/problem.h"
#include "net/loop.h"
#include "talk/session.h"
#include "understand/place.h"

struct pg;
struct pg_result;
struct store;

/* Texts live as long as the store. NULL when the query files can't be read (problems were added). */
struct store *store_open(struct loop *loop, struct str database_url, struct str sql_folder,
                         struct arena *arena, struct problems *problems);
void store_close(struct store *store);

/* Calls `done` with ERR_NONE when the database answers, can be written to, and has exactly the migrations of
 * this program; with ERR_CONFLICT where it has others, or none; with ERR_TIMEOUT also where it answers, but
 * lets no commit through (store_commits_hang). To be asked every second or so. */
void store_check_ready(struct store *store, void (*done)(void *arg, enum err err), void *arg);

/* Somebody waited for a commit in vain: the next look finds out whether any comes through. */
void store_doubt_commits(struct store *store);
bool store_commits_hang(const struct store *store);

/* ---- Loading what a turn needs ---- */

struct turn_load {
    /* Asked. */
    struct uuid message_key;
    struct str brand, flow;   /* of the number that was written to */
    struct str phone;         /* E.164; or empty */
    struct str whatsapp_user; /* or empty */
    struct str session_key;   /* where the key names the session, not the address; or */
    struct uuid session_id;   /* where it is named by its id; nil: it is not */
    struct uuid previous_key; /* of a call's turn before this one: its session goes on; nil: there is none */
    struct arena *arena;      /* for what is found */
    void (*done)(void *arg, enum err err);
    void *arg;
    /* Found. */
    bool is_duplicate;   /* this input was taken before */
    struct str answer;   /* of a duplicate: JSON of the response given then; may be empty */
    struct uuid contact; /* nil: nobody known */
    bool is_opted_out;
    bool knows_addresses;  /* both phone and whatsapp_user, where both were asked, are on record */
    bool has_session;      /* by an address: the open one, else the one finished last */
    bool has_conversation; /* else the session was made by hand: flow, version and memory are absent */
    struct session session;
    struct uuid session_contact; /* whose conversation it is; nil: nobody's */
    struct str guard;            /* JSON of the loop guard; may be empty */
    int64_t loaded_at_us;        /* the session row's updated_at */
    bool is_same_call;           /* the session was found by previous_key */
    struct str last_language;    /* of a contact without open session: of the latest one; may be empty */
    struct turn_load *next;      /* the store's */
    uint64_t asked_ns;           /* the store's: when it was asked for */
};
void store_load_turn(struct store *store, struct turn_load *load);

/* ---- Committing a turn ---- */

enum out_mode {
    OUT_BY_CALL, /* a provider has to be called */
    OUT_HELD,    /* the same, a moment later, unless the reply to the person's next message supersedes it */
    OUT_REPLY,   /* in the response to this request: leased to it, unless an earlier message still waits */
    OUT_TEXT,    /* as an SMS, though the turn came by a call: `account` is a number of channel sms */
    OUT_SAID     /* already said when the commit is: the API's answer */
};

struct turn_out {
    struct str account;   /* our number */
    struct str recipient; /* JSON */
    struct str payload;   /* JSON */
    enum out_mode mode;
    /* After the commit. */
    int64_t id;
    bool is_leased; /* ours to send now; else somebody's earlier message must leave first */
};

#define TURN_OUTS_MAX 4

enum commit_result { COMMITTED, COMMIT_DUPLICATE, COMMIT_CONFLICT };

struct turn_commit {
    struct uuid message_key;
    enum channel_kind channel;
    struct str kind;
    struct str said;    /* JSON; may be empty */
    int64_t said_at_us; /* 0: not told */
    struct str answer;  /* JSON of the response, for a repetition; may be empty */
    int64_t lane;       /* of the person, see outbox; turns of one person share it */
    /* The session; none where the turn moves no conversation. */
    bool has_session;
    bool is_new_session;
    struct session session;                   /* its version is the new one; 1 makes the conversation */
    struct str data, steps_completed, memory; /* the session's, as JSON; empty: none */
    int64_t loaded_at_us;
    struct str phone_note; /* phone_number of a new session; may be empty */
    struct str guard;
    /* The person. */
    struct uuid contact; /* nil: none */
    bool is_new_contact;
    struct str brand, profile_name, phone, whatsapp_user;
    struct str effects; /* JSON object, see apply_effects; may be empty */
    struct turn_out outs[TURN_OUTS_MAX];
    size_t out_count;
    void (*done)(void *arg, enum err err);
    void *arg;
    enum commit_result result;
    struct turn_commit *next; /* the store's */
    uint64_t asked_ns;        /* the store's: when it was asked for */
    bool is_alone;            /* the store's: its batch failed, so it is tried by itself */
};
/* Seconds after which a leased reply is anybody's again. */
#define OUTBOX_LEASE_SECONDS 40
void store_commit_turn(struct store *store, struct turn_commit *commit);

/* Counters, for metrics. */
struct store_counts {
    uint64_t load_batches, loads, commit_batches, commits, lost_batches;
};
const struct store_counts *store_counts(const struct store *store);

/* For the other files of store/: a connection for what is neither load nor commit, and a query file's text.
 */
struct pg *store_misc(struct store *store);
struct str store_newest_migration(const struct store *store);
const char *store_sql(const struct store *store, const char *name);
