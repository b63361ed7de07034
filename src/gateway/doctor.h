#pragma once

/* Does what was set up work, seen from outside? Asks ourselves through PUBLIC_URL, Meta and Twilio, each
 * within a deadline, and says in words what it found and what to do. Changes nothing anywhere, and names no
 * secret. */

#include "gateway/config.h"
#include "net/http_client.h"
#include "talk/talk.h"

enum doctor_verdict { DOCTOR_OK, DOCTOR_WARNS, DOCTOR_FAILS };

struct doctor_finding {
    enum doctor_verdict verdict;
    struct str about;  /* "WhatsApp: credentials" */
    struct str found;  /* what is the case */
    struct str advice; /* what to do; empty: nothing */
};

#define FINDINGS_MAX 40

struct doctor {
    const struct config *config;
    const struct script *script;
    struct http_client *client;
    struct arena *arena;
    void (*done)(void *arg, const struct doctor *doctor);
    void *arg;
    struct doctor_finding findings[FINDINGS_MAX];
    size_t count;
    size_t step;                     /* the doctor's own, like what follows */
    const struct channel_conf *conf; /* that is looked at now */
};

/* Fill config to arg, and zero the rest; it must live until `done`, which comes from the loop. */
void doctor_examine(struct doctor *doctor);

struct str doctor_verdict_name(enum doctor_verdict verdict); /* ok, warn, bad */

/* Inside the doctor: doctor_provider.c. */
void doctor_find(struct doctor *doctor, enum doctor_verdict verdict, struct str about, struct str found,
                 struct str advice);
/* Each sends `request`, and has `read` make a finding of the answer; then the doctor goes on. */
void doctor_ask(struct doctor *doctor, const struct http_request *request,
                void (*read)(struct doctor *doctor, enum err err, const struct http_response *response));
void doctor_go_on(struct doctor *doctor);
void doctor_ask_graph(struct doctor *doctor);
void doctor_ask_twilio(struct doctor *doctor);
void doctor_ask_twilio_number(struct doctor *doctor);
void doctor_sign_whatsapp(struct doctor *doctor);
void doctor_sign_twilio(struct doctor *doctor);
