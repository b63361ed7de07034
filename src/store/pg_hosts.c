/* Where are the hosts that a database's URL names?
 *
 * Every name is asked for at once. One that is not found is left out, since another host may be there; one
 * that stands for several addresses becomes several entries, which libpq tries in turn. */

#include "store/pg_hosts.h"

#include "base/arena.h"
#include "store/host_name.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS_MAX 16

struct host {
    struct pg_hosts *all;
    struct str name;        /* as the URL has it */
    struct str port;        /* empty: libpq's own */
    struct host_name *asks; /* NULL: a Unix socket */
    const struct endpoint *endpoints;
    size_t count;
};

struct pg_hosts {
    struct arena arena; /* as long as all of it */
    struct host hosts[HOSTS_MAX];
    size_t count;
    bool has_ports;
    size_t open; /* names still asked for */
    void (*found)(void *arg, const struct pg_hosts_found *found);
    void *arg;
};

/* Where `text` ends, one empty entry more is what libpq sees too. */
static size_t split(struct str text, struct str *parts)
{
    size_t count = 0;
    for (bool more = true; more && count < HOSTS_MAX;) {
        size_t comma = str_find_char(text, ',');
        more = comma != STR_NONE;
        parts[count++] = str_slice(text, 0, more ? comma : text.len);
        text = str_slice(text, more ? comma + 1 : text.len, text.len);
    }
    return count;
}

static bool is_socket(struct str host)
{
    return host.len == 0 || host.data[0] == '/' || host.data[0] == '@';
}

static bool is_address(struct str host)
{
    struct arena arena = {0};
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
    struct addrinfo *list = NULL;
    bool is_numeric = getaddrinfo(arena_cstring(&arena, host), NULL, &hints, &list) == 0;
    if (is_numeric)
        freeaddrinfo(list);
    arena_free(&arena);
    return is_numeric;
}

static void put_entry(struct buf *out, size_t at, struct str entry)
{
    if (at > 0)
        buf_put(out, STR(","));
    buf_put(out, entry);
}

static struct str address_text(struct arena *arena, const struct endpoint *endpoint)
{
    char text[NI_MAXHOST];
    int code = getnameinfo((const struct sockaddr *)&endpoint->address, endpoint->len, text, sizeof text,
                           NULL, 0, NI_NUMERICHOST);
    return code == 0 ? arena_copy(arena, str_from(text)) : (struct str){0};
}

static void answer(struct pg_hosts *all)
{
    struct arena arena = {0};
    struct buf hosts = {.arena = &arena}, addresses = {.arena = &arena}, ports = {.arena = &arena};
    size_t entries = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct host *host = &all->hosts[i];
        for (size_t j = 0; j < (host->asks ? host->count : 1); j++, entries++) {
            put_entry(&hosts, entries, host->name);
            put_entry(&addresses, entries,
                      host->asks ? address_text(&arena, &host->endpoints[j]) : (struct str){0});
            put_entry(&ports, entries, host->port);
        }
    }
    struct pg_hosts_found found = {
        .hosts = entries ? arena_cstring(&arena, buf_str(&hosts)) : NULL,
        .addresses = entries ? arena_cstring(&arena, buf_str(&addresses)) : NULL,
        .ports = entries && all->has_ports ? arena_cstring(&arena, buf_str(&ports)) : NULL,
    };
    all->found(all->arg, &found);
    arena_free(&arena);
}

static void name_found(void *arg, const struct endpoint *endpoints, size_t count)
{
    struct host *host = arg;
    host->endpoints = endpoints;
    host->count = count;
    if (--host->all->open == 0)
        answer(host->all);
}

void pg_hosts_ask(struct pg_hosts *all)
{
    for (size_t i = 0; i < all->count; i++)
        all->open += all->hosts[i].asks != NULL;
    for (size_t i = 0; i < all->count; i++)
        if (all->hosts[i].asks)
            host_name_ask(all->hosts[i].asks);
}

struct pg_hosts *pg_hosts_new(struct loop *loop, const char *hosts, const char *ports,
                              void (*found)(void *arg, const struct pg_hosts_found *found), void *arg)
{
    struct pg_hosts *all = calloc(1, sizeof *all);
    if (!all)
        abort();
    struct str names[HOSTS_MAX], numbers[HOSTS_MAX];
    size_t count = split(arena_copy(&all->arena, str_from(hosts)), names);
    size_t port_count = split(arena_copy(&all->arena, str_from(ports)), numbers);
    size_t to_ask = 0;
    for (size_t i = 0; i < count; i++)
        to_ask += !is_socket(names[i]) && !is_address(names[i]);
    if (to_ask == 0 || (port_count != 1 && port_count != count)) {
        arena_free(&all->arena);
        free(all);
        return NULL;
    }
    all->count = count;
    all->has_ports = ports && *ports;
    all->found = found;
    all->arg = arg;
    for (size_t i = 0; i < count; i++) {
        struct host *host = &all->hosts[i];
        *host = (struct host){.all = all, .name = names[i], .port = numbers[port_count == 1 ? 0 : i]};
        if (!is_socket(names[i]))
            host->asks = host_name_new(loop, names[i], 0, name_found, host);
    }
    return all;
}

void pg_hosts_free(struct pg_hosts *all)
{
    if (!all)
        return;
    for (size_t i = 0; i < all->count; i++)
        host_name_free(all->hosts[i].asks);
    arena_free(&all->arena);
    free(all);
}
