#pragma once

/* Inside store.c and the batched operations: who waits, and which connection is free. */

#include "store/pg.h"
#include "store/store.h"

/* Two commits under way at once: while one waits for its flush, the next is worked on. */
#define COMMIT_CONNECTIONS 2
/* The knee of the measured curve: larger batches only lengthen the tail. */
#define BATCH_MAX          64
#define TURN_DEADLINE_MS   5000

struct commit_queue {
    struct store *store;
    struct pg *pg;
    struct turn_commit *first;
    struct turn_commit *last;
    bool is_busy;
};

struct store {
    struct loop *loop;
    struct loop_check *check;
    struct pg *misc;
    struct pg *load;
    struct pg *settle;
    struct settler *settler;
    bool load_is_busy;
    struct turn_load *first_load;
    struct turn_load *last_load;
    struct commit_queue commits[COMMIT_CONNECTIONS];
    struct store_counts counts;
    struct query_file *files;
    struct str newest_migration;
};

struct settler *settler_new(struct store *store);
void settler_free(struct settler *settler); /* after its connection */
bool settler_is_idle(const struct settler *settler);
void settler_cut(struct settler *settler);

void store_cut_loads(struct store *store);
void store_cut_commits(struct commit_queue *queue);
