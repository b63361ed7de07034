#pragma once

/* The gazetteer: looked up by the gateway and by commands, filled from the shipped files or GeoNames' dump.
 */

#include "store/store.h"

/* ---- Looking up, from the loop ---- */

/* What the gazetteer has for the query's spans, at most PLACES_MAX and REGIONS_MAX: by their letters first,
 * and by their sounds where that finds nothing good (place_alike). The query's texts and the arena must live
 * until `done`, which gets findings in that arena, or an error and NULL. */
void store_find_places(struct store *store, const struct place_query *query, struct arena *arena,
                       void (*done)(void *arg, enum err err, const struct findings *findings), void *arg);

/* The town that a person means who sends this point, as the only place of the findings; none far from any
 * town. The rest as above. */
void store_find_place_near(struct store *store, const struct location *point, struct arena *arena,
                           void (*done)(void *arg, enum err err, const struct findings *findings), void *arg);

#define SUGGESTIONS_MAX      8
#define SUGGESTION_BYTES_MAX 100 /* of what was typed; the rest is not looked at */

/* The most populous places with a name that begins like `typed` (any bytes); after a comma, with a province
 * or country that begins like what follows. At most SUGGESTIONS_MAX, each place once, in the caller's arena.
 */
void store_suggest_places(struct store *store, struct str typed, struct arena *arena,
                          void (*done)(void *arg, enum err err, const struct place *places, size_t count),
                          void *arg);

/* ---- For commands: these wait, and say on standard error why something failed ---- */

/* As store_find_places, on a connection of its own, one question after the other. NULL: the queries can't be
 * read; a database that can't be reached is told by the first question's error. */
struct places_lookup;
struct places_lookup *places_lookup_open(struct str database_url, struct str sql_folder, struct arena *arena);
enum err places_lookup(struct places_lookup *lookup, const struct place_query *query,
                       struct findings *findings, struct arena *arena);
void places_lookup_close(struct places_lookup *lookup);

/* Replaces the gazetteer in one transaction; those who look places up meanwhile find the old one, and wait
 * for nothing. `file` is of the format of sql/places/places.tsv or of GeoNames' dump (allCountries.txt,
 * cities1000.txt: class P is taken), plain or gzip; empty: the shipped one. Aliases and regions are always
 * the shipped ones. A malformed line is named with its number, and nothing is changed: ERR_INVALID. Says on
 * standard output what it does. */
enum err places_import(struct str database_url, struct str sql_folder, struct str file, struct arena *arena);

/* Replaces the operator's own names of places with those of `file` (the format of sql/places/aliases.tsv),
 * all or nothing, and adds them to the gazetteer; later imports keep them. A malformed line, or one whose
 * place is not in the gazetteer, is named with its number, and nothing is changed: ERR_INVALID. */
enum err places_import_aliases(struct str database_url, struct str sql_folder, struct str file,
                               struct arena *arena);

/* The shipped gazetteer, where there are no places yet; safe from two nodes at once. A shipped file that is
 * missing is a warning only. */
enum err places_import_if_empty(struct str database_url, struct str sql_folder, struct arena *arena);
