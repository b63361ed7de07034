/* Where are the hosts that a database's URL names, and which of them is tried first?
 *
 * Every name is asked for at once. One that is not found is left out, since another host may be there; one
 * that stands for several addresses becomes several entries, which libpq tries in turn.
 *
 * The order is the URL's, but who was silent comes last: a machine that died says nothing, and whoever waited
 * for it each time would never come to the one that has taken its place. */

#include "store/pg_hosts.h"

#include "base/arena.h"
#include "store/host_name.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS_MAX 16

struct host {
    struct pg_hosts *all;
    struct str name;        /* as the URL has it; */
    struct str address;     /* likewise, mostly empty */
    struct str port;        /* empty: libpq's own */
    struct host_name *asks; /* NULL: a Unix socket, or the URL gives its address */
    const struct endpoint *endpoints;
    size_t count;
    size_t silences;    /* how often it did not answer */
    size_t last_silent; /* after how many silences of all; 0: never */
};

struct pg_hosts {
    struct arena arena; /* as long as all of it */
    struct host hosts[HOSTS_MAX];
    size_t count;
    bool has_ports;
    size_t open; /* names still asked for */
    size_t silences;
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

/* Who never was silent first, as in the URL; then who was longest ago. */
static void put_in_order(struct pg_hosts *all, const struct host *order[static HOSTS_MAX])
{
    for (size_t i = 0; i < all->count; i++) {
        size_t at = i;
        for (; at > 0 && order[at - 1]->last_silent > all->hosts[i].last_silent; at--)
            order[at] = order[at - 1];
        order[at] = &all->hosts[i];
    }
}

/* Of several addresses of one name another comes first after each silence. */
static struct str entry_address(struct arena *arena, const struct host *host, size_t entry)
{
    if (!host->asks)
        return host->address;
    return address_text(arena, &host->endpoints[(host->silences + entry) % host->count]);
}

static void answer(struct pg_hosts *all)
{
    struct arena arena = {0};
    struct buf hosts = {.arena = &arena}, addresses = {.arena = &arena}, ports = {.arena = &arena};
    const struct host *order[HOSTS_MAX];
    size_t entries = 0;
    put_in_order(all, order);
    for (size_t i = 0; i < all->count; i++) {
        const struct host *host = order[i];
        for (size_t j = 0; j < (host->asks ? host->count : 1); j++, entries++) {
            put_entry(&hosts, entries, host->name);
            put_entry(&addresses, entries, entry_address(&arena, host, j));
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
    if (all->open == 0)
        answer(all);
}

/* libpq calls a host without a name by its address. */
static bool is_called(const struct host *host, struct str name, struct str port)
{
    return str_eq(host->name.len ? host->name : host->address, name) &&
           (host->port.len == 0 || str_eq(host->port, port));
}

void pg_hosts_put_last(struct pg_hosts *all, const char *name, const char *port)
{
    for (size_t i = 0; i < all->count; i++) {
        struct host *host = &all->hosts[i];
        if (!is_called(host, str_from(name), str_from(port)))
            continue;
        host->silences++;
        host->last_silent = ++all->silences;
        return;
    }
}

/* What the URL's lists say of each host. False where libpq will refuse them. */
static bool read_lists(struct pg_hosts *all, const char *hosts, const char *addresses, const char *ports)
{
    struct str names[HOSTS_MAX], fixed[HOSTS_MAX], numbers[HOSTS_MAX];
    struct arena *arena = &all->arena;
    size_t name_count = split(arena_copy(arena, str_from(hosts)), names);
    size_t fixed_count = split(arena_copy(arena, str_from(addresses)), fixed);
    size_t port_count = split(arena_copy(arena, str_from(ports)), numbers);
    bool has_names = hosts && *hosts, has_fixed = addresses && *addresses;
    all->count = has_names ? name_count : fixed_count;
    all->has_ports = ports && *ports;
    for (size_t i = 0; i < all->count; i++)
        all->hosts[i] = (struct host){
            .all = all,
            .name = has_names ? names[i] : (struct str){0},
            .address = has_fixed ? fixed[i] : (struct str){0},
            .port = numbers[port_count == 1 ? 0 : i],
        };
    return (has_names || has_fixed) && !(has_names && has_fixed && name_count != fixed_count) &&
           (port_count == 1 || port_count == all->count);
}

static bool must_be_asked(const struct host *host)
{
    return host->address.len == 0 && !is_socket(host->name);
}

struct pg_hosts *pg_hosts_new(struct loop *loop, const char *hosts, const char *addresses, const char *ports,
                              void (*found)(void *arg, const struct pg_hosts_found *found), void *arg)
{
    struct pg_hosts *all = calloc(1, sizeof *all);
    if (!all)
        abort();
    bool is_sound = read_lists(all, hosts, addresses, ports);
    bool is_choice = all->count > 1 || (must_be_asked(&all->hosts[0]) && !is_address(all->hosts[0].name));
    if (!is_sound || !is_choice) {
        arena_free(&all->arena);
        free(all);
        return NULL;
    }
    all->found = found;
    all->arg = arg;
    for (size_t i = 0; i < all->count; i++)
        if (must_be_asked(&all->hosts[i]))
            all->hosts[i].asks = host_name_new(loop, all->hosts[i].name, 0, name_found, &all->hosts[i]);
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
