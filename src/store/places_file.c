/* What does a line of a gazetteer say, and is it well formed? */

#include "store/places_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define CODE_BYTES_MAX 20
#define ZONE_BYTES_MAX 64

struct places_file {
    struct str path;
    gzFile native; /* reads plain files as they are */
    char bytes[PLACES_LINE_BYTES_MAX];
    size_t begin, end; /* what of `bytes` was read and not yet given out */
    long line;
    bool is_at_end;
    bool has_fault;
};

struct places_file *places_file_open(struct str path, struct arena *arena)
{
    gzFile native = gzopen(arena_cstring(arena, path), "rb");
    if (!native) {
        fprintf(stderr, "frontdesk: %.*s can't be read\n", STR_ARG(path));
        return NULL;
    }
    struct places_file *file = arena_new(arena, struct places_file);
    file->path = path;
    file->native = native;
    return file;
}

void places_file_fault(struct places_file *file, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%.*s:%ld: ", STR_ARG(file->path), file->line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    file->has_fault = true;
}

bool places_file_close(struct places_file *file)
{
    gzclose(file->native);
    return !file->has_fault;
}

static void read_more(struct places_file *file)
{
    memmove(file->bytes, file->bytes + file->begin, file->end - file->begin);
    file->end -= file->begin;
    file->begin = 0;
    int count = gzread(file->native, file->bytes + file->end, (unsigned)(sizeof file->bytes - file->end));
    int state;
    const char *why = gzerror(file->native, &state);
    if (count <= 0) {
        file->is_at_end = true;
        /* A gzip file that was cut off ends like any other, but for this. */
        if (state != Z_OK && state != Z_STREAM_END)
            places_file_fault(file, "this file can't be read further (%s)", why);
        return;
    }
    file->end += (size_t)count;
}

static bool is_text(struct str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (((unsigned char)line.data[i] < ' ' && line.data[i] != '\t') || line.data[i] == 0x7F)
            return false;
    return utf8_is_valid(line);
}

bool places_file_next(struct places_file *file, struct str *line)
{
    struct str read;
    size_t len;
    for (;;) {
        read = (struct str){file->bytes + file->begin, file->end - file->begin};
        len = str_find_char(read, '\n');
        if (len != STR_NONE || file->is_at_end || read.len == sizeof file->bytes)
            break;
        read_more(file);
    }
    if (file->has_fault || read.len == 0)
        return false;
    file->line++;
    if (len == STR_NONE && !file->is_at_end) {
        places_file_fault(file, "a line is longer than %d bytes", PLACES_LINE_BYTES_MAX);
        return false;
    }
    *line = str_slice(read, 0, len);
    file->begin += line->len + (len != STR_NONE);
    if (!is_text(*line))
        places_file_fault(file, "not UTF-8, or a control character");
    return !file->has_fault;
}

size_t places_fields(struct str line, struct str *fields, size_t most)
{
    size_t count = 0;
    for (;;) {
        size_t tab = str_find_char(line, '\t');
        if (count < most)
            fields[count] = str_slice(line, 0, tab);
        count++;
        if (tab == STR_NONE)
            return count;
        line = str_slice(line, tab + 1, line.len);
    }
}

#define OWN_FIELDS      11
#define GEONAMES_FIELDS 19

const struct str places_own_header =
    STR_INIT("geoname_id\tname\tascii_name\tadmin1_code\tadmin1_name\tcountry_code\tlatitude\tlongitude\t"
             "population\ttimezone\taliases");

bool places_format_from(struct str first_line, enum places_format *out)
{
    if (str_eq(first_line, places_own_header))
        *out = PLACES_OWN;
    else if (places_fields(first_line, NULL, 0) == GEONAMES_FIELDS)
        *out = PLACES_GEONAMES;
    else
        return false;
    return true;
}

static bool is_number_within(struct str text, double least, double most)
{
    double number;
    return str_to_double(text, &number) && number >= least && number <= most;
}

static bool is_whole_from(struct str text, int64_t least)
{
    int64_t number;
    return str_to_int64(text, &number) && number >= least;
}

static bool is_country(struct str code)
{
    return code.len == 2 && code.data[0] >= 'A' && code.data[0] <= 'Z' && code.data[1] >= 'A' &&
           code.data[1] <= 'Z';
}

static bool is_zone(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_letter && !(c >= '0' && c <= '9') && (c == '\0' || !strchr("_+-/", c)))
            return false;
    }
    return name.len > 0 && name.len <= ZONE_BYTES_MAX;
}

/* What is wrong with the row; NULL: nothing. */
static const char *fault_of(const struct place_row *row)
{
    if (!is_whole_from(row->id, 1))
        return "the id is no positive number";
    if (row->name.len == 0 || row->name.len > PLACES_NAME_BYTES_MAX ||
        row->ascii_name.len > PLACES_NAME_BYTES_MAX)
        return "the name is missing or longer than 200 bytes";
    if (row->admin1_code.len > CODE_BYTES_MAX || row->admin1.len > PLACES_NAME_BYTES_MAX)
        return "the province is longer than it can be";
    if (!is_country(row->country))
        return "the country is no ISO 3166 code of two capitals";
    if (!is_number_within(row->latitude, -90, 90) || !is_number_within(row->longitude, -180, 180))
        return "the coordinates are no degrees";
    if (!is_whole_from(row->population, 0))
        return "the population is no number";
    if (!is_zone(row->timezone))
        return "the time zone is no IANA name";
    return NULL;
}

static struct place_row own_row(const struct str fields[OWN_FIELDS])
{
    return (struct place_row){
        .id = fields[0],
        .name = fields[1],
        .ascii_name = fields[2],
        .admin1_code = fields[3],
        .admin1 = fields[4],
        .country = fields[5],
        .latitude = fields[6],
        .longitude = fields[7],
        .population = fields[8],
        .timezone = fields[9],
        .aliases = fields[10],
        .alias_separator = '|',
    };
}

/* The columns that we pass over: feature class (6) and code, other countries, admin 2 to 4, elevations, date.
 */
static struct place_row geonames_row(const struct str fields[GEONAMES_FIELDS])
{
    return (struct place_row){
        .id = fields[0],
        .name = fields[1],
        .ascii_name = fields[2],
        .aliases = fields[3],
        .latitude = fields[4],
        .longitude = fields[5],
        .country = fields[8],
        .admin1_code = fields[10],
        .population = fields[14],
        .timezone = fields[17],
        .alias_separator = ',',
    };
}

enum place_use place_row_read(struct places_file *file, enum places_format format, struct str line,
                              struct place_row *out)
{
    struct str fields[GEONAMES_FIELDS];
    size_t wanted = format == PLACES_OWN ? OWN_FIELDS : GEONAMES_FIELDS;
    size_t count = places_fields(line, fields, GEONAMES_FIELDS);
    if (count != wanted) {
        places_file_fault(file, "%zu fields where %zu are needed", count, wanted);
        return PLACE_MALFORMED;
    }
    if (format == PLACES_GEONAMES &&
        (!str_eq(fields[6], STR("P")) || fields[8].len == 0 || fields[17].len == 0))
        return PLACE_SKIPPED;
    *out = format == PLACES_OWN ? own_row(fields) : geonames_row(fields);
    const char *fault = fault_of(out);
    if (fault) {
        places_file_fault(file, "%s", fault);
        return PLACE_MALFORMED;
    }
    return PLACE_TAKEN;
}
