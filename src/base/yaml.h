#pragma once

/* YAML as a tree in an arena, every node knowing its line and column so that mistakes can be pointed at.
 * Anchors, aliases and tags are refused: a settings file has no use for them. */

#include "base/arena.h"
#include "base/problem.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_kind kind;
    struct str file;
    int line;                 /* of the value, from 1 */
    int column;               /* from 1 */
    bool is_quoted;           /* a scalar in quotes or a block: always text */
    struct str text;          /* of a scalar */
    struct str key;           /* in a map: the member's name */
    const struct yaml *first; /* children of a list or map, in file order */
    const struct yaml *next;  /* the next sibling */
    size_t count;             /* children */
};

/* Parses one document; on a mistake adds it to `problems` and gives NULL. `file` is only a name for messages.
 * Keys must be unique within a map. An empty document is an empty map. */
const struct yaml *yaml_parse(struct str bytes, struct str file, struct arena *arena,
                              struct problems *problems);
/* The same from a file (less than 512 KiB). */
const struct yaml *yaml_load(const char *path, struct arena *arena, struct problems *problems);

/* All accept NULL and then answer "absent". */
const struct yaml *yaml_get(const struct yaml *map, const char *key);
struct str yaml_text(const struct yaml *scalar);
bool yaml_is_null(const struct yaml *value); /* absent, or a plain ~, null or nothing */

/* Adds a problem at the node. */
#define yaml_problem(problems, node, ...)                                                                    \
    problem_add((problems), (node)->file, (node)->line, (node)->column, __VA_ARGS__)

/* Typed readers: take the default when absent; a value of the wrong kind or out of range is a problem. */
int64_t yaml_int(const struct yaml *map, const char *key, int64_t absent, int64_t least, int64_t most,
                 struct problems *problems);
bool yaml_bool(const struct yaml *map, const char *key, bool absent, struct problems *problems);
/* Every key of `map` (NULL: it has none) must be in the NULL-ended list; others are problems with the known
 * keys in the message. */
void yaml_check_keys(const struct yaml *map, const char *const known[], struct problems *problems);
