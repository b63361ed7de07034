#pragma once

/* Inside store.c and the batched operations: who waits, and which connection is free. */

#include "store/pg.h"
#include "store/store.h"

/* The larger a batch, the cheaper each of its turns: so turns gather while one commit is under way. The
 * second connection is for when that one hangs, on a lock that somebody holds on one of its rows: nobody else
 * waits for it longer than this. */
#define COMMIT_CONNECTIONS 2
#define COMMIT_HANGS_MS    250
/* Beyond this, larger batches only lengthen the tail. */
#define BATCH_MAX          64
#define TURN_DEADLINE_MS   5000

/* While the database is away each batch fails only at its deadline: who has waited as long behind it is told
 * at the same time, instead of after one more deadline for each batch before it. */
static inline bool waited_too_long(uint64_t asked_ns, uint64_t now_ns)
{
    return now_ns - asked_ns >= TURN_DEADLINE_MS * UINT64_C(1000000);
}
static inline bool is_away(enum err err)
{
    return err == ERR_UNAVAILABLE || err == ERR_TIMEOUT;
}

struct commit_line {
    struct store *store;
    struct pg *pg;
    struct commit_batch *under_way; /* or NULL */
    uint64_t begun_ns;
};

struct store {
    struct loop *loop;
    struct loop_check *check;
    struct pg *misc;
    struct pg *slow; /* for what may take minutes or reads whole tables; NULL until first needed */
    struct pg *load;
    struct pg *settle;
    struct pg *trial;  /* see ready.c; NULL: nothing is in doubt */
    uint64_t tried_ns; /* when the trial began; 0: none is under way */
    bool doubts_commits;
    bool commits_hang;
    bool makes_weeks; /* just now */
    struct settler *settler;
    bool load_is_busy;
    struct turn_load *first_load;
    struct turn_load *last_load;
    struct commit_line commits[COMMIT_CONNECTIONS];
    struct turn_commit *first_commit;
    struct turn_commit *last_commit;
    struct loop_timer *commit_hangs;
    struct store_counts counts;
    struct query_file *files;
    /* What messages ask: not looked up among the files each time. */
    const char *load_turns;
    const char *commit_turns;
    const char *settle_outbox;
    const char *find_places;
    const char *find_places_alike;
    struct str newest_migration;
    struct str database_url;
};

struct pg *store_slow(struct store *store);
struct pg *store_connect(struct store *store); /* one more connection, which is the caller's */

struct settler *settler_new(struct store *store);
void settler_free(struct settler *settler); /* after its connection */
bool settler_is_idle(const struct settler *settler);
void settler_cut(struct settler *settler);

void store_cut_loads(struct store *store);
void store_cut_commits(struct store *store);
