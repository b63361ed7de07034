#pragma once

/* Bringing a database to what this program expects. Blocking: for the command line, before anything is
 * served. */

#include "base/arena.h"
#include "base/err.h"

/* The migrations of this program, in order: the public part, then sql/migrations/. */
struct migration {
    struct str name;
    struct str path;
    struct str digest; /* SHA-256 of the file, hex */
};
#define MIGRATIONS_MAX 64
/* How many there are; 0 when one of them, or the folder, can't be read. */
size_t migrations_list(struct str sql_folder, struct arena *arena,
                       struct migration out[static MIGRATIONS_MAX]);

/* Applies what is missing, each in one transaction, under a lock that a second node waits for. Says on
 * standard output what it does; the reason of a failure goes to standard error. */
enum err migrate_up(struct str database_url, struct str sql_folder, struct arena *arena);
enum err migrate_status(struct str database_url, struct str sql_folder, struct arena *arena);
/* Removes all that migrations made, with every row in it; never roles or extensions. */
enum err migrate_rollback(struct str database_url, struct str sql_folder, struct arena *arena);
