/* Who has too many sockets already? */

#include "gateway/web_clients.h"

#include "base/digest.h"
#include "gateway/limits.h"

#include <string.h>

#define PROBES 16

void web_clients_clear(struct web_clients *own)
{
    memset(own, 0, sizeof *own);
}

uint64_t web_client_name(struct str address)
{
    char text[LIMIT_CLIENT_BYTES];
    struct str client = limit_client(address, text);
    uint64_t name = siphash(client);
    return name ? name : 1;
}

/* The client's entry, or NULL; `*vacant` is one that it may have, or NULL. */
static struct web_client *find(struct web_client *table, uint64_t name, struct web_client **vacant)
{
    *vacant = NULL;
    for (uint64_t i = 0; i < PROBES; i++) {
        struct web_client *client = &table[(name + i) % WEB_CLIENTS];
        if (client->sockets && client->name == name)
            return client;
        if (!client->sockets && !*vacant)
            *vacant = client;
    }
    return NULL;
}

bool web_client_enter(struct web_clients *all, size_t workers, struct web_clients *own, uint64_t name,
                      uint64_t most)
{
    uint64_t sockets = 0;
    struct web_client *vacant;
    for (size_t i = 0; i < workers; i++) {
        const struct web_client *client = find(all[i].table, name, &vacant);
        sockets += client ? client->sockets : 0;
    }
    if (sockets >= most)
        return false;
    struct web_client *client = find(own->table, name, &vacant);
    if (!client && vacant) {
        client = vacant;
        client->name = name;
    }
    if (client)
        client->sockets++;
    return true;
}

void web_client_leave(struct web_clients *own, uint64_t name)
{
    struct web_client *vacant;
    struct web_client *client = find(own->table, name, &vacant);
    if (client)
        client->sockets--;
}
