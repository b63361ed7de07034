#pragma once

/* The providers' error codes as data, and the judgement that follows from a code and an HTTP status. */

#include "channels/channel.h"

enum error_flags {
    ERROR_FINAL = 0,        /* trying again is useless */
    ERROR_RETRY = 1 << 0,   /* may succeed later */
    ERROR_SLOWS = 1 << 1,   /* a throttle of the number or account, not of this person */
    ERROR_STOPS = 1 << 2,   /* credentials, account or permission are broken: nothing will get through */
    ERROR_OPT_OUT = 1 << 3, /* the person has told the provider to stop us */
};

struct provider_error {
    int code;
    int last; /* of a range of codes; 0: only `code` */
    unsigned flags;
    int wait_s; /* before the next try; 0: the caller's own backoff */
    int tries;  /* the first included, after which it is hopeless; 0: as many as the settings allow */
    struct str title;
};

struct error_table {
    const struct provider_error *rows;
    size_t count;
};

extern const struct error_table twilio_errors;
extern const struct error_table whatsapp_errors;

/* A provider's own words about an error, fit for logs and the operator's lists: bounded, and every longer run
 * of digits masked, since they like to name the number that was called. */
struct str error_title(struct arena *arena, struct str words);

/* The provider's code as a delivery error; `title` is used where the table does not know the code, which is
 * then final. */
struct delivery_error error_of(const struct error_table *table, int64_t code, struct str title);

/* A yes from somebody else: a proxy's page, a captive portal, another service at that address. The providers
 * answer in JSON; of theirs the rest may be missing, and the beginning tells. */
bool answer_is_foreign(const struct http_response *response);

/* Judges an answer that says no, or that is not the provider's. `code` 0 with `has_code` false: the body
 * named none, the HTTP status decides; it also decides for a code that the table does not know. */
void judge_refusal(const struct error_table *table, const struct http_response *response, bool has_code,
                   int64_t code, struct str title, struct arena *arena, struct judged *out);
