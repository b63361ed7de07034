#pragma once

/* What Twilio and Meta send when somebody writes: whole signed HTTP requests. Credentials are those of the
 * environment, under the gateway's own names. */

#include <stddef.h>

struct said {
    long long phone; /* digits of the sender's number */
    long long id;    /* of the message; never twice */
    const char *text;
};

void speak_setup(const char *host_and_port); /* as in PUBLIC_URL, which Twilio signs */

/* Writes the request into `out`; gives its length. Text must be ASCII. */
size_t speak_sms(const struct said *said, char *out, size_t size);
size_t speak_whatsapp(const struct said *said, char *out, size_t size);
