/* Under which names is a place found, and what is kept of it? */

#include "store/places_rows.h"

#include "base/zone.h"
#include "understand/normalise.h"
#include "understand/place_sound.h"

#define ALIAS_FIELDS          4
#define REGION_FIELDS         5
#define REGION_CODE_BYTES_MAX 4 /* up to here a name may be a code, which nobody misspells */

const struct str places_aliases_header = STR_INIT("geoname_id\talias\tlanguage\tsource-note");
const struct str places_regions_header = STR_INIT("kind\tcountry_code\tadmin1_code\tname\taliases");

static void put_field(struct buf *text, struct str field, char end)
{
    for (size_t at; (at = str_find_char(field, '\\')) != STR_NONE;) {
        buf_put(text, str_slice(field, 0, at));
        buf_put(text, STR("\\\\"));
        field = str_slice(field, at + 1, field.len);
    }
    buf_put(text, field);
    buf_put_char(text, end);
}

/* A birth there could not be reckoned. */
static bool has_strange_zone(const struct places_rows *rows, struct places_file *file,
                             const struct place_row *row)
{
    bool is_strange = !rows->is_shipped && !zone_is_known(row->timezone);
    if (is_strange)
        places_file_fault(file, "this machine's tzdata has no time zone \"%.*s\"", STR_ARG(row->timezone));
    return is_strange;
}

bool places_rows_put_place(struct places_rows *rows, struct places_file *file, struct str line)
{
    struct place_row row;
    enum place_use use = place_row_read(file, rows->format, line, &row);
    if (use != PLACE_TAKEN)
        return use == PLACE_SKIPPED;
    if (has_strange_zone(rows, file, &row))
        return false;
    const struct str fields[] = {row.id,       row.name,      row.admin1_code, row.admin1,  row.country,
                                 row.latitude, row.longitude, row.population,  row.timezone};
    size_t count = sizeof fields / sizeof *fields;
    for (size_t i = 0; i < count; i++)
        put_field(&rows->text, fields[i], i + 1 < count ? '\t' : '\n');
    return true;
}

static void put_folded(struct places_rows *rows, struct str folded, struct str id)
{
    put_field(&rows->text, folded, '\t');
    put_field(&rows->text, id, '\t');
    put_field(&rows->text, place_sound(folded, &rows->line), '\n');
}

static struct str without_brackets(struct str text, struct arena *arena)
{
    struct buf rest = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '(' && text.data[i] != ')')
            buf_put_char(&rest, text.data[i]);
    }
    return buf_str(&rest);
}

/* As people write it besides: "st louis" for "st. louis" and "saint louis", "frankfurt oder" for "frankfurt
 * (oder)". */
static void put_name(struct places_rows *rows, struct str name, struct str id)
{
    static const struct str saints[] = {STR_INIT("saint "), STR_INIT("st. ")};
    if (name.len > PLACES_NAME_BYTES_MAX) /* a description or a link, which nobody types */
        return;
    struct str folded = text_fold(&rows->line, name);
    if (folded.len == 0)
        return;
    put_folded(rows, folded, id);
    for (size_t i = 0; i < sizeof saints / sizeof *saints; i++) {
        struct str rest = str_slice(folded, saints[i].len, SIZE_MAX);
        if (str_starts(folded, saints[i]))
            put_folded(rows, arena_join(&rows->line, STR("st "), rest), id);
    }
    if (str_find_char(folded, '(') != STR_NONE)
        put_folded(rows, without_brackets(folded, &rows->line), id);
}

bool places_rows_put_names(struct places_rows *rows, struct places_file *file, struct str line)
{
    struct place_row row;
    enum place_use use = place_row_read(file, rows->format, line, &row);
    if (use != PLACE_TAKEN)
        return use == PLACE_SKIPPED;
    put_name(rows, row.name, row.id);
    if (!str_eq(row.ascii_name, row.name))
        put_name(rows, row.ascii_name, row.id);
    struct str alias;
    while (str_cut(&row.aliases, row.alias_separator, &alias))
        put_name(rows, alias, row.id);
    return true;
}

bool places_rows_put_alias(struct places_rows *rows, struct places_file *file, struct str line)
{
    struct str fields[ALIAS_FIELDS];
    int64_t id;
    if (places_fields(line, fields, ALIAS_FIELDS) != ALIAS_FIELDS || !str_to_int64(fields[0], &id)) {
        places_file_fault(file, "not an id, an alias, a language and a note");
        return false;
    }
    put_name(rows, fields[1], fields[0]);
    return true;
}

static void put_folded_region(struct places_rows *rows, struct str folded, struct str sound,
                              const struct str fields[REGION_FIELDS])
{
    put_field(&rows->text, folded, '\t');
    put_field(&rows->text, fields[1], '\t');
    put_field(&rows->text, fields[2], '\t');
    put_field(&rows->text, fields[3], '\t');
    put_field(&rows->text, sound, '\n');
}

static bool is_letters(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 'a' || text.data[i] > 'z')
            return false;
    }
    return true;
}

/* "u.p" as well as "u.p.": within a longer answer the last full stop may be the sentence's. */
static void put_code(struct places_rows *rows, struct str code, const struct str fields[REGION_FIELDS])
{
    struct buf stopped = {.arena = &rows->line};
    put_folded_region(rows, code, (struct str){0}, fields);
    if (code.len == REGION_CODE_BYTES_MAX || !is_letters(code))
        return;
    for (size_t i = 0; i < code.len; i++)
        buf_printf(&stopped, "%c.", code.data[i]);
    struct str text = buf_str(&stopped);
    put_folded_region(rows, text, (struct str){0}, fields);
    put_folded_region(rows, str_slice(text, 0, text.len - 1), (struct str){0}, fields);
}

static void put_region_name(struct places_rows *rows, struct str name, const struct str fields[REGION_FIELDS])
{
    struct str folded = text_fold(&rows->line, name);
    if (folded.len > REGION_CODE_BYTES_MAX)
        put_folded_region(rows, folded, place_sound(folded, &rows->line), fields);
    else if (folded.len > 0)
        put_code(rows, folded, fields);
}

bool places_rows_put_region(struct places_rows *rows, struct places_file *file, struct str line)
{
    struct str fields[REGION_FIELDS];
    bool is_whole = places_fields(line, fields, REGION_FIELDS) == REGION_FIELDS;
    bool is_country = is_whole && str_eq(fields[0], STR("country")) && fields[2].len == 0;
    bool is_admin1 = is_whole && str_eq(fields[0], STR("admin1")) && fields[2].len > 0;
    if ((!is_country && !is_admin1) || fields[1].len != 2 || fields[3].len == 0) {
        places_file_fault(file, "not a kind, a country, a code, a name and aliases");
        return false;
    }
    put_region_name(rows, fields[3], fields);
    struct str alias;
    while (str_cut(&fields[4], '|', &alias))
        put_region_name(rows, alias, fields);
    return true;
}
