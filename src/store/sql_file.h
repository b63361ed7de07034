#pragma once

/* SQL that stands in files of its own. */

#include "base/arena.h"

/* The whole file, ended by a NUL; NULL when it can't be read. */
const char *sql_file_read(struct str path, struct arena *arena);
