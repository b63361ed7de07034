/* How does an operator's file become a tree that remembers where everything stood? */

#include "base/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define FILE_BYTES ((size_t)512 * 1024)
#define MAX_DEPTH  16

struct reading {
    yaml_parser_t parser;
    struct arena *arena;
    struct problems *problems;
    struct str file;
    int depth;
};

static struct yaml *new_node(struct reading *reading, const yaml_event_t *event, enum yaml_kind kind)
{
    struct yaml *node = arena_new(reading->arena, struct yaml);
    *node = (struct yaml){
        .kind = kind,
        .file = reading->file,
        .line = (int)event->start_mark.line + 1,
        .column = (int)event->start_mark.column + 1,
    };
    return node;
}

static bool fail(struct reading *reading, const yaml_mark_t *mark, const char *message)
{
    problem_add(reading->problems, reading->file, (int)mark->line + 1, (int)mark->column + 1, "%s", message);
    return false;
}

static bool next_event(struct reading *reading, yaml_event_t *event)
{
    if (yaml_parser_parse(&reading->parser, event))
        return true;
    const char *problem = reading->parser.problem;
    return fail(reading, &reading->parser.problem_mark, problem ? problem : "this is not YAML");
}

/* Is it a value without anchor and tag? */
static bool is_plain(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return !event->data.scalar.anchor && !event->data.scalar.tag;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return !event->data.sequence_start.anchor && !event->data.sequence_start.tag;
    return event->type == YAML_MAPPING_START_EVENT && !event->data.mapping_start.anchor &&
           !event->data.mapping_start.tag;
}

static struct yaml *read_value(struct reading *reading, const yaml_event_t *event);

static struct yaml *read_scalar(struct reading *reading, const yaml_event_t *event)
{
    struct yaml *node = new_node(reading, event, YAML_SCALAR);
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    node->text = arena_copy(reading->arena, text);
    node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node;
}

static const struct yaml *find(const struct yaml *map, struct str key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (const struct yaml *member = map->first; member; member = member->next)
        if (str_eq(member->key, key))
            return member;
    return NULL;
}

static void append(struct yaml *parent, struct yaml *child, struct yaml **last)
{
    if (*last)
        (*last)->next = child;
    else
        parent->first = child;
    *last = child;
    parent->count++;
}

static struct yaml *read_list(struct reading *reading, const yaml_event_t *start)
{
    struct yaml *list = new_node(reading, start, YAML_LIST);
    struct yaml *last = NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reading, &event))
            return NULL;
        bool is_end = event.type == YAML_SEQUENCE_END_EVENT;
        struct yaml *item = is_end ? NULL : read_value(reading, &event);
        yaml_event_delete(&event);
        if (is_end)
            return list;
        if (!item)
            return NULL;
        append(list, item, &last);
    }
}

static struct yaml *read_map(struct reading *reading, const yaml_event_t *start)
{
    struct yaml *map = new_node(reading, start, YAML_MAP);
    struct yaml *last = NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reading, &event))
            return NULL;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return map;
        }
        struct str key = {0};
        bool is_key = event.type == YAML_SCALAR_EVENT && is_plain(&event);
        if (is_key)
            key = read_scalar(reading, &event)->text;
        yaml_mark_t mark = event.start_mark;
        yaml_event_delete(&event);
        if (!is_key) {
            fail(reading, &mark, "a key must be plain text");
            return NULL;
        }
        if (find(map, key)) {
            fail(reading, &mark, "this key stands here twice");
            return NULL;
        }
        if (!next_event(reading, &event))
            return NULL;
        struct yaml *value = read_value(reading, &event);
        yaml_event_delete(&event);
        if (!value)
            return NULL;
        value->key = key;
        append(map, value, &last);
    }
}

static struct yaml *read_value(struct reading *reading, const yaml_event_t *event)
{
    struct yaml *value = NULL;
    if (++reading->depth > MAX_DEPTH)
        fail(reading, &event->start_mark, "this is nested too deeply");
    else if (!is_plain(event))
        fail(reading, &event->start_mark, "anchors, aliases and tags are not supported");
    else if (event->type == YAML_SCALAR_EVENT)
        value = read_scalar(reading, event);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        value = read_list(reading, event);
    else
        value = read_map(reading, event);
    reading->depth--;
    return value;
}

static struct yaml *read_document(struct reading *reading)
{
    yaml_event_t event;
    struct yaml *root = NULL;
    bool is_first = true;
    for (;;) {
        if (!next_event(reading, &event))
            return NULL;
        yaml_event_type_t type = event.type;
        if (type == YAML_STREAM_END_EVENT) {
            if (is_first)
                root = new_node(reading, &event, YAML_MAP);
            yaml_event_delete(&event);
            return root;
        }
        if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
            type != YAML_DOCUMENT_END_EVENT) {
            root = is_first ? read_value(reading, &event) : NULL;
            if (!is_first)
                fail(reading, &event.start_mark, "only one document a file");
            is_first = false;
            yaml_event_delete(&event);
            if (!root)
                return NULL;
            continue;
        }
        yaml_event_delete(&event);
    }
}

const struct yaml *yaml_parse(struct str bytes, struct str file, struct arena *arena,
                              struct problems *problems)
{
    struct reading reading = {.arena = arena, .problems = problems, .file = arena_copy(arena, file)};
    if (!yaml_parser_initialize(&reading.parser))
        abort();
    yaml_parser_set_input_string(&reading.parser, (const unsigned char *)bytes.data, bytes.len);
    const struct yaml *root = read_document(&reading);
    yaml_parser_delete(&reading.parser);
    return root;
}

const struct yaml *yaml_load(const char *path, struct arena *arena, struct problems *problems)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        problem_add(problems, str_from(path), 0, 0, "this file can't be read");
        return NULL;
    }
    char *bytes = arena_alloc(arena, FILE_BYTES);
    size_t len = fread(bytes, 1, FILE_BYTES, file);
    bool is_broken = ferror(file) != 0;
    fclose(file);
    if (is_broken) {
        problem_add(problems, str_from(path), 0, 0, "this file can't be read");
        return NULL;
    }
    if (len == FILE_BYTES) {
        problem_add(problems, str_from(path), 0, 0, "this file is larger than 512 KiB");
        return NULL;
    }
    return yaml_parse((struct str){bytes, len}, str_from(path), arena, problems);
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
    return find(map, str_from(key));
}

struct str yaml_text(const struct yaml *scalar)
{
    return scalar && scalar->kind == YAML_SCALAR ? scalar->text : (struct str){0};
}

bool yaml_is_null(const struct yaml *value)
{
    if (!value)
        return true;
    return value->kind == YAML_SCALAR && !value->is_quoted &&
           (value->text.len == 0 || str_eq(value->text, STR("~")) || str_eq(value->text, STR("null")));
}

int64_t yaml_int(const struct yaml *map, const char *key, int64_t absent, int64_t least, int64_t most,
                 struct problems *problems)
{
    const struct yaml *value = yaml_get(map, key);
    if (yaml_is_null(value))
        return absent;
    int64_t number;
    if (!str_to_int64(yaml_text(value), &number) || number < least || number > most) {
        yaml_problem(problems, value, "%s must be a whole number from %lld to %lld", key, (long long)least,
                     (long long)most);
        return absent;
    }
    return number;
}

bool yaml_bool(const struct yaml *map, const char *key, bool absent, struct problems *problems)
{
    const struct yaml *value = yaml_get(map, key);
    if (yaml_is_null(value))
        return absent;
    if (str_eq(yaml_text(value), STR("true")))
        return true;
    if (!str_eq(yaml_text(value), STR("false")))
        yaml_problem(problems, value, "%s must be true or false", key);
    return false;
}

void yaml_check_keys(const struct yaml *map, const char *const known[], struct problems *problems)
{
    if (!map || map->kind != YAML_MAP)
        return;
    for (const struct yaml *member = map->first; member; member = member->next) {
        bool is_known = false;
        for (size_t i = 0; known[i]; i++)
            is_known = is_known || str_eq(member->key, str_from(known[i]));
        if (is_known)
            continue;
        char names[256] = "";
        for (size_t i = 0, len = 0; known[i] && len < sizeof names; i++)
            len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i ? ", " : "", known[i]);
        yaml_problem(problems, member, "unknown key \"%.*s\"; known here: %s", STR_ARG(member->key), names);
    }
}
