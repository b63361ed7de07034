#pragma once

/* What makes a channel. Bytes to structs and back: pure, no I/O, no clock; all memory from the arena given.
 * A new channel is one .c file, one line in the registry, one folder of golden files, one section of
 * settings. */

#include "base/arena.h"
#include "base/err.h"
#include "http.h"
#include "message.h"

/* Settings of one number or page. Texts live as long as the configuration. A secret may hold two values
 * separated by a comma (rotation): either is accepted, the first is used. */
struct channel_conf {
    enum channel_kind kind;
    struct str id;         /* its name in the settings; unique */
    struct str number;     /* what inbound.to says: E.164, or WhatsApp's phone_number_id */
    struct str flow;       /* which flow its people enter */
    struct str brand;      /* contacts and opt-outs are kept apart by brand */
    struct str title;      /* how it calls itself where that must be said (HELP by SMS) */
    struct str region;     /* ISO country of its people, decides how ambiguous dates are read */
    bool is_region_set;    /* by the settings: it is certain for who has no telephone number too */
    int32_t utc_offset_s;  /* of its people's clocks: decides what day "today" is */
    struct str language;   /* first language offered; empty: the configuration's */
    struct str public_url; /* outside base URL, no slash at the end */
    struct {
        struct str verify_token, app_secret, access_token, graph_url;
    } whatsapp;
    struct {
        struct str account_sid, auth_token, messaging_service_sid, api_url;
        bool reply_inline; /* SMS: answer in TwiML instead of by API */
    } twilio;
    int line;                  /* where it stands in the settings file, for messages */
    struct channel_conf *next; /* the next of the same kind */
};

enum delivery {
    DELIVERY_BY_CALL,  /* a request to the provider (WhatsApp, SMS) */
    DELIVERY_IN_REPLY, /* in the answer to the webhook (voice, SMS inline) */
    DELIVERY_BY_SOCKET /* by the worker that holds the person's socket (web) */
};

/* What a channel could not show as asked, and what it did instead: "buttons to a list". */
#define DEGRADED_MAX 8

struct ignored {
    struct str what;
    struct str why;
};

/* All that one webhook said. */
struct batch {
    struct inbound *messages;
    size_t message_count;
    struct receipt *receipts;
    size_t receipt_count;
    struct ignored *ignored;
    size_t ignored_count;
    struct str challenge; /* the subscription check's, to be echoed */
    bool is_challenge;
};

/* The provider requests that say one outbound message, in order; usually one. */
#define COMPOSED_MAX 8
struct composed {
    struct http_request *requests[COMPOSED_MAX];
    size_t count;
    struct str degraded[DEGRADED_MAX];
    size_t degraded_count;
    const char *encoding; /* SMS: "GSM-7" or "UCS-2"; else NULL */
    size_t segments;      /* SMS: parts that the carrier counts */
};

/* An in-reply or socket document for the messages of one turn. */
struct replied {
    struct http_response response;
    struct str degraded[DEGRADED_MAX];
    size_t degraded_count;
};

enum verdict { VERDICT_ACCEPTED, VERDICT_RETRY, VERDICT_REFUSED };

struct judged {
    enum verdict verdict;
    struct str provider_id;
    struct delivery_error error;
    int64_t retry_after_ms; /* 0: the caller's own backoff */
    bool slows_channel;     /* a throttle of the number or account, not of this person */
    bool stops_channel;     /* credentials or account are broken: pause everything and alarm */
    bool is_opt_out;
};

struct channel {
    const char *name;
    enum channel_kind kind;
    struct str signature_header; /* where a webhook's signature stands */
    /* Checks the signature over the raw bytes against every configured secret of this kind. On success
     * `*matched` is the setting whose secret fits. Otherwise ERR_UNAUTHENTIC and `*reason`, a constant for
     * the operator's log. */
    enum err (*authenticate)(const struct channel_conf *confs, const struct http_request *request,
                             struct arena *arena, const struct channel_conf **matched, const char **reason);
    /* Reads an authentic request. One bad item does not hurt the others: it stands under `ignored`.
     * ERR_MALFORMED when nothing at all can be read. Numbers whose secret is not `matched`'s are not served.
     */
    enum err (*parse)(const struct channel_conf *confs, const struct channel_conf *matched,
                      const struct http_request *request, struct arena *arena, struct batch *out);
    /* The answer to an authentic webhook (a subscription check is answered with its challenge instead),
     * saying `count` messages where delivery is IN_REPLY (else `count` is 0). */
    void (*reply)(const struct channel_conf *conf, const struct outbound *say, size_t count,
                  struct arena *arena, struct replied *out);
    /* No request at all when there is nothing to say. */
    void (*compose)(const struct channel_conf *conf, const struct outbound *say, struct arena *arena,
                    struct composed *out);
    /* Reads the provider's answer to one composed request. */
    void (*judge)(const struct channel_conf *conf, const struct http_response *response, struct arena *arena,
                  struct judged *out);
};

/* registry.c */
const struct channel *channel_of(enum channel_kind kind); /* NULL when this build has none */
/* How a message to this number leaves. */
enum delivery channel_delivery(const struct channel_conf *conf);
/* The setting of that list whose number it is; else the first with a Messaging Service (which may own numbers
 * that no setting lists); or NULL. */
const struct channel_conf *channel_find(const struct channel_conf *confs, struct str number);
