#pragma once

/* The lines of a gazetteer's files as rows of COPY, for the tables of sql/import/stage_places.sql. */

#include "store/places_file.h"

extern const struct str places_aliases_header; /* the first lines of those two files */
extern const struct str places_regions_header;

struct places_rows {
    enum places_format format;
    bool is_shipped;   /* our own list, whose zones are tzdata's; an older tzdata may lack the newest */
    struct arena line; /* of the line being read: reset before each, freed by who made it */
    struct buf text;   /* its rows, in the arena `line`; many for a place with many names */
};

/* Each adds the line's rows to `text`: of a place, of a place's names, of an alias, of a region's names.
 * False: the line has a fault, which was said. */
bool places_rows_put_place(struct places_rows *rows, struct places_file *file, struct str line);
bool places_rows_put_names(struct places_rows *rows, struct places_file *file, struct str line);
bool places_rows_put_alias(struct places_rows *rows, struct places_file *file, struct str line);
bool places_rows_put_region(struct places_rows *rows, struct places_file *file, struct str line);
