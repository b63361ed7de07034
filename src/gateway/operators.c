/* Whose token is that, and what may they do? */

#include "gateway/operators.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/yaml.h"
#include "channels/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define OPERATORS_MAX  1000
#define NAME_MOST      60
#define FILE_BYTES     ((size_t)512 * 1024)
#define DAY_S          86400
#define ID_BYTES       8
#define STATEMENT_MOST 128

struct entry {
    struct operator_identity identity;
    int64_t until_s; /* INT64_MAX: for ever */
    uint8_t token[SHA256_BYTES];
    uint8_t key[SHA256_BYTES]; /* of the statements */
    struct str id;             /* names the entry in a statement */
};

struct operators {
    struct arena arena;
    struct entry *entries;
    size_t count;
};

static const char *const role_names[] = {"viewer", "operator", "privacy"};

const char *operator_role_name(enum operator_role role)
{
    return role_names[role];
}

static bool role_from(struct str name, enum operator_role *out)
{
    for (enum operator_role role = ROLE_VIEWER; role <= ROLE_PRIVACY; role++) {
        if (str_eq(name, str_from(role_names[role]))) {
            *out = role;
            return true;
        }
    }
    return false;
}

static struct str bytes_of(const uint8_t *bytes, size_t len)
{
    return (struct str){(const char *)bytes, len};
}

/* ---- Reading ---- */

static void add(struct operators *operators, const struct entry *entry, struct str secret)
{
    struct entry *added = &operators->entries[operators->count++];
    uint8_t id[SHA256_BYTES];
    *added = *entry;
    struct str text = arena_printf(&operators->arena, "frontdesk operator %.*s",
                                   STR_ARG(hex_encode(&operators->arena, added->token, SHA256_BYTES)));
    hmac_sha256(secret, text, added->key);
    hmac_sha256(bytes_of(added->key, SHA256_BYTES), STR("id"), id);
    added->id = hex_encode(&operators->arena, id, ID_BYTES);
}

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.data[i] < ' ')
            return false;
    return name.len > 0 && utf8_is_valid(name) && utf8_length(name) <= NAME_MOST;
}

static bool is_taken(const struct operators *operators, struct str name)
{
    for (size_t i = 0; i < operators->count; i++)
        if (str_eq(operators->entries[i].identity.name, name))
            return true;
    return false;
}

static void read_entry(struct operators *operators, const struct yaml *map, struct str secret,
                       struct problems *problems)
{
    static const char *const known[] = {"name", "role", "sha256", "expires", NULL};
    struct entry entry = {.until_s = INT64_MAX};
    size_t before = problems->count;
    if (map->kind != YAML_MAP) {
        yaml_problem(problems, map, "an operator has a name, a role and the sha256 of a token");
        return;
    }
    yaml_check_keys(map, known, problems);
    const struct yaml *expires = yaml_get(map, "expires");
    struct str name = yaml_text(yaml_get(map, "name"));
    struct date day;
    if (!is_name(name) || str_eq(name, STR("admin")))
        yaml_problem(problems, map, "name: 1 to %d characters, and not \"admin\", who has ADMIN_TOKEN",
                     NAME_MOST);
    else if (is_taken(operators, name))
        yaml_problem(problems, map, "name: another operator is called %.*s", STR_ARG(name));
    if (!role_from(yaml_text(yaml_get(map, "role")), &entry.identity.role))
        yaml_problem(problems, map, "role is one of viewer, operator, privacy");
    if (!hex_decode(yaml_text(yaml_get(map, "sha256")), entry.token, SHA256_BYTES))
        yaml_problem(problems, map,
                     "sha256: the 64 digits that `frontdesk operators token` gave, not the token itself");
    if (date_from_iso(yaml_text(expires), &day))
        entry.until_s = (date_to_days(day) + 1) * DAY_S;
    else if (!yaml_is_null(expires))
        yaml_problem(problems, expires, "expires: a day such as 2027-06-30, the last one, or nothing");
    entry.identity.name = arena_copy(&operators->arena, name);
    if (problems->count == before)
        add(operators, &entry, secret);
}

static void read_list(struct operators *operators, struct str list, struct str file, struct str secret,
                      struct problems *problems)
{
    const struct yaml *root = yaml_parse(list, file, &operators->arena, problems);
    if (!root || root->count == 0)
        return;
    if (root->kind != YAML_LIST || root->count > OPERATORS_MAX) {
        yaml_problem(problems, root,
                     "this must be a list of at most %d operators, each beginning with \"- name:\"",
                     OPERATORS_MAX);
        return;
    }
    for (const struct yaml *entry = root->first; entry; entry = entry->next)
        read_entry(operators, entry, secret, problems);
}

struct operators *operators_new(struct str admin_tokens, struct str list, struct str file, struct str secret,
                                struct problems *problems)
{
    struct operators *operators = calloc(1, sizeof *operators);
    if (!operators)
        abort();
    size_t before = problems->count;
    struct str token;
    size_t most = OPERATORS_MAX;
    for (struct str rest = admin_tokens; secret_next(&rest, &token);)
        most++;
    operators->entries = arena_new_array(&operators->arena, struct entry, most);
    while (secret_next(&admin_tokens, &token)) {
        struct entry entry = {{STR("admin"), ROLE_PRIVACY}, .until_s = INT64_MAX};
        sha256(token, entry.token);
        add(operators, &entry, secret);
    }
    if (list.len)
        read_list(operators, list, file, secret, problems);
    if (problems->count == before)
        return operators;
    operators_free(operators);
    return NULL;
}

/* An empty text when there is no file, or a problem was added. */
static struct str read_file(struct str name, struct arena *arena, struct problems *problems)
{
    struct str text = {0};
    struct stat about;
    FILE *file = name.len ? fopen(arena_cstring(arena, name), "rb") : NULL;
    if (!file) {
        if (name.len)
            problem_add(problems, name, 0, 0, "ADMIN_TOKENS_FILE can't be read");
        return text;
    }
    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode) || (size_t)about.st_size > FILE_BYTES) {
        problem_add(problems, name, 0, 0, "ADMIN_TOKENS_FILE must be a file of at most 512 KiB");
    } else if (about.st_mode & (S_IRWXO | S_IWGRP)) {
        problem_add(problems, name, 0, 0, "others may read or change this file: chmod 600 it");
    } else {
        char *bytes = arena_alloc(arena, (size_t)about.st_size);
        text = (struct str){bytes, fread(bytes, 1, (size_t)about.st_size, file)};
    }
    fclose(file);
    return text;
}

struct operators *operators_load(const struct config *config, struct problems *problems)
{
    struct arena arena = {0};
    size_t before = problems->count;
    struct str list = read_file(config->admin_tokens_file, &arena, problems);
    struct str secret = arena_printf(&arena, "%.*s\n%.*s\n%.*s", STR_ARG(config->database_url),
                                     STR_ARG(config->webhook_secret), STR_ARG(config->admin_token));
    struct operators *operators =
        operators_new(config->admin_token, list, config->admin_tokens_file, secret, problems);
    arena_free(&arena);
    if (problems->count == before)
        return operators;
    operators_free(operators);
    return NULL;
}

void operators_free(struct operators *operators)
{
    if (!operators)
        return;
    arena_free(&operators->arena);
    free(operators);
}

/* ---- Recognising ---- */

/* All are compared, so that the time tells nothing. */
static const struct entry *find_token(const struct operators *operators, struct str token)
{
    const struct entry *found = NULL;
    uint8_t digest[SHA256_BYTES];
    sha256(token, digest);
    for (size_t i = 0; token.len && i < operators->count; i++)
        if (secret_eq(bytes_of(digest, SHA256_BYTES), bytes_of(operators->entries[i].token, SHA256_BYTES)))
            found = &operators->entries[i];
    return found;
}

bool operators_by_token(const struct operators *operators, struct str token, int64_t now_s,
                        struct operator_identity *who)
{
    const struct entry *entry = find_token(operators, token);
    if (!entry || now_s >= entry->until_s)
        return false;
    *who = entry->identity;
    return true;
}

static struct str seal(const struct entry *entry, int64_t until_s, struct arena *arena)
{
    uint8_t mac[SHA256_BYTES];
    struct str claim = arena_printf(arena, "%.*s.%lld", STR_ARG(entry->id), (long long)until_s);
    hmac_sha256(bytes_of(entry->key, SHA256_BYTES), claim, mac);
    return arena_printf(arena, "%.*s.%.*s", STR_ARG(claim), STR_ARG(hex_encode(arena, mac, sizeof mac)));
}

struct str operators_statement(const struct operators *operators, struct str token, int64_t until_s,
                               struct arena *arena)
{
    const struct entry *entry = find_token(operators, token);
    return entry ? seal(entry, until_s, arena) : (struct str){0};
}

bool operators_by_statement(const struct operators *operators, struct str statement, int64_t now_s,
                            struct operator_identity *who)
{
    struct str rest = statement;
    struct str id;
    struct str until;
    int64_t until_s;
    if (statement.len > STATEMENT_MOST || !str_cut(&rest, '.', &id) || !str_cut(&rest, '.', &until) ||
        !str_to_int64(until, &until_s) || now_s >= until_s)
        return false;
    for (size_t i = 0; i < operators->count; i++) {
        const struct entry *entry = &operators->entries[i];
        if (!str_eq(entry->id, id) || now_s >= entry->until_s)
            continue;
        struct arena arena = {0};
        bool is_ours = secret_eq(seal(entry, until_s, &arena), statement);
        arena_free(&arena);
        if (is_ours)
            *who = entry->identity;
        return is_ours;
    }
    return false;
}
