#pragma once

/* Shared by the files that read WhatsApp's webhooks. */

#include "base/json.h"
#include "channels/channel.h"

/* One change: what its messages and statuses have in common. */
struct whatsapp_change {
    struct arena *arena;
    struct batch *out;
    struct str number;           /* phone_number_id */
    struct str display_number;   /* the same as people dial it */
    const struct json *contacts; /* names and the other identity of the senders */
};

/* Items of a list; 0 for anything else. */
size_t whatsapp_count(const struct json *list);
/* A short text, or a number written as one. */
struct str whatsapp_name(const struct whatsapp_change *change, const struct json *object, const char *key);
/* The item's timestamp, seconds or milliseconds, as Unix ms; 0 when it has none. */
int64_t whatsapp_instant_ms(const struct json *item);
void whatsapp_ignore(const struct whatsapp_change *change, struct str what, struct str why);

/* Reads one item of `messages` into the batch, or under its ignored ones. */
void whatsapp_read_message(const struct whatsapp_change *change, const struct json *item);
