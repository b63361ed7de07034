#pragma once

/* A provider's API that takes every message: Meta's Graph API as far as the gateway calls it. */

struct graph;

/* Listens on 127.0.0.1:port. `got` is told whom a message is for and the request's body. */
struct graph *graph_new(int epoll, int port, void (*got)(long long phone, const char *body));

/* Takes those who call; for when epoll names the graph itself (its event's pointer). */
void graph_accept(struct graph *graph);
