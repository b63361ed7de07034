#pragma once

/* What SMS and voice share: Twilio's signature, its form fields, its answers to our requests. */

#include "base/form.h"
#include "channels/channel.h"

#define TWILIO_SIGNATURE_HEADER "X-Twilio-Signature"

/* As channel.authenticate. The URL that Twilio signed is conf->public_url and the request target as
 * received. */
enum err twilio_authenticate(const struct channel_conf *confs, const struct http_request *request,
                             struct arena *arena, const struct channel_conf **matched, const char **reason);

/* What that header says of a webhook to that path and query with that form. */
struct str twilio_sign(const struct channel_conf *conf, struct str target, const struct form *form,
                       struct arena *arena);

/* The fields of a webhook, from the body of a POST or the query of a GET. ERR_MEDIA_TYPE for a JSON body
 * (other products of Twilio send them, signed likewise), ERR_MALFORMED for an unreadable one. */
enum err twilio_fields(const struct http_request *request, struct arena *arena, struct form *out);

/* Is this setting served by requests signed with `matched`'s token in the name of that account? */
bool twilio_serves(const struct channel_conf *conf, const struct channel_conf *matched,
                   struct str account_sid);

/* Is any setting? */
bool twilio_is_own_account(const struct channel_conf *confs, const struct channel_conf *matched,
                           struct str account_sid);
/* The served setting with this number, or NULL. */
const struct channel_conf *twilio_find_number(const struct channel_conf *confs,
                                              const struct channel_conf *matched, struct str account_sid,
                                              struct str number);

/* A number as in "+14155550100". */
bool twilio_is_e164(struct str text);

/* "Thu, 26 Nov 2026 12:00:01 +0000", always UTC; 0 when it is not that. */
int64_t twilio_instant_ms(struct str text);

/* The header's value for our requests. */
struct str twilio_authorization(const struct channel_conf *conf, struct arena *arena);

/* As channel.judge. */
void twilio_judge(const struct channel_conf *conf, const struct http_response *response, struct arena *arena,
                  struct judged *out);
