#pragma once

/* The gazetteer's files, line by line: tab separated, plain or gzip. What is wrong with one is said on
 * standard error as "path:line: what". */

#include "base/arena.h"

/* The longest lines are those of GeoNames' dump: 10,000 characters of alternate names. */
#define PLACES_LINE_BYTES_MAX 65536
#define PLACES_NAME_BYTES_MAX 200

struct places_file;

struct places_file *places_file_open(struct str path, struct arena *arena); /* NULL: said why */
/* The next line without its end, valid until the next call; false at the end, or when something is wrong: a
 * line too long, not UTF-8 or with control characters, or damaged gzip. */
bool places_file_next(struct places_file *file, struct str *line);
void places_file_fault(struct places_file *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Whether no fault was found; what is not yet read is not looked at. */
bool places_file_close(struct places_file *file);

/* How many fields the line has; the first `most` of them go to `fields`. */
size_t places_fields(struct str line, struct str *fields, size_t most);

/* A place as its line says it, checked. Texts point into the line. */
struct place_row {
    struct str id; /* the numbers as they are written */
    struct str latitude, longitude;
    struct str population;
    struct str name, ascii_name;
    struct str admin1_code, admin1; /* each may be empty */
    struct str country;
    struct str timezone;
    struct str aliases;
    char alias_separator;
};

enum places_format { PLACES_OWN, PLACES_GEONAMES };
extern const struct str places_own_header;
/* By a file's first line; false when it is neither. */
bool places_format_from(struct str first_line, enum places_format *out);

enum place_use {
    PLACE_TAKEN,
    PLACE_SKIPPED,  /* GeoNames': no town, or one without country or zone */
    PLACE_MALFORMED /* said why */
};
enum place_use place_row_read(struct places_file *file, enum places_format format, struct str line,
                              struct place_row *out);
