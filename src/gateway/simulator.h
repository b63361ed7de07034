#pragma once

/* The simulator: people who don't exist talk to us through the real webhooks, and what we say to them is
 * taken by ourselves. The browser plays their phones and the providers' part; see channels/web/simulator. */

#include "base/json.h"
#include "gateway/gateway.h"

/* Is that one of theirs: +1 555 01x xxxx, with or without its plus? Nobody else can be spoken as. */
bool simulator_is_person(struct str number);

/* May that request use it? On an address that others reach, or through a proxy, only with an operator's
 * token; otherwise it was answered. */
bool simulator_admit(struct gateway *gateway, struct http_exchange *exchange,
                     const struct http_request *request);

/* Where our own webhooks answer, without a slash at the end. */
struct str simulator_webhooks_url(const struct config *config, struct arena *arena);
/* The setting by which something leaves for that person: with the simulator's address in place of the
 * provider's, whatever the credentials, when they are one of its people; else `conf` itself. */
const struct channel_conf *simulator_door(const struct config *config, const struct channel_conf *conf,
                                          struct str person, struct arena *arena);

/* An id as a provider gives one: the prefix and 32 random hex digits. */
struct str simulator_new_id(const char *prefix, struct arena *arena);

/* How its providers answer just now: {answers, calls}. */
struct json *simulator_trouble_json(const struct gateway *gateway, struct arena *arena);
/* This worker dies at once, as by a crash of the worst kind. */
void simulator_die(void);
