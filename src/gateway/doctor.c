/* In which order is it examined, and what needs no asking? */

#include "gateway/doctor.h"

#define DEADLINE_MS 8000

struct str doctor_verdict_name(enum doctor_verdict verdict)
{
    static const struct str names[] = {STR_INIT("ok"), STR_INIT("warn"), STR_INIT("bad")};
    return names[verdict];
}

void doctor_find(struct doctor *doctor, enum doctor_verdict verdict, struct str about, struct str found,
                 struct str advice)
{
    if (doctor->count < FINDINGS_MAX)
        doctor->findings[doctor->count++] = (struct doctor_finding){verdict, about, found, advice};
}

/* ---- Asking ---- */

struct question {
    struct doctor *doctor;
    void (*read)(struct doctor *doctor, enum err err, const struct http_response *response);
};

static void answered(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct question *question = arg;
    (void)arena;
    question->read(question->doctor, err, response);
    doctor_go_on(question->doctor);
}

void doctor_ask(struct doctor *doctor, const struct http_request *request,
                void (*read)(struct doctor *doctor, enum err err, const struct http_response *response))
{
    struct question *question = arena_new(doctor->arena, struct question);
    *question = (struct question){doctor, read};
    http_call(doctor->client, request, DEADLINE_MS, answered, question);
}

/* ---- What needs no asking ---- */

static bool is_local(struct str url)
{
    return str_find(url, STR("://localhost")) != STR_NONE || str_find(url, STR("://127.")) != STR_NONE;
}

static void look_at_channels(struct doctor *doctor)
{
    static const char *const advice[] = {
        "Set WHATSAPP_PHONE_NUMBER_ID, WHATSAPP_ACCESS_TOKEN, WHATSAPP_APP_SECRET and WHATSAPP_VERIFY_TOKEN, "
        "if "
        "people are to reach you there.",
        "Add a channel of kind web to the settings, if people are to reach you there.",
        "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM, if people are to reach you there.",
        "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM, if people are to reach you there.",
    };
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        if (!doctor->config->channels[kind])
            doctor_find(
                doctor, DOCTOR_WARNS,
                arena_printf(doctor->arena, "Channel %s", channel_kind_name((enum channel_kind)kind).data),
                STR("It is off: its credentials are missing."), str_from(advice[kind]));
    /* Nothing that is set names a template, and nothing is said for which WhatsApp would want one. */
    if (doctor->config->channels[CHANNEL_WHATSAPP])
        doctor_find(
            doctor, DOCTOR_OK, STR("WhatsApp: templates"),
            STR("None is used, so none has to be approved: reminders leave within 24 hours of what the "
                "person wrote last, and an operator's answer later than that is refused before it is "
                "sent."),
            (struct str){0});
}

static void look_at_settings(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    bool is_https = str_starts(config->public_url, STR("https://"));
    if (is_local(config->public_url))
        doctor_find(doctor, DOCTOR_WARNS, STR("PUBLIC_URL"),
                    STR("It leads to this machine only: Meta and Twilio can't reach it."),
                    STR("For a trial that is fine. Else set PUBLIC_URL to the https address that people and "
                        "providers "
                        "reach you by."));
    else if (!is_https)
        doctor_find(doctor, DOCTOR_FAILS, STR("PUBLIC_URL"),
                    STR("It is not https: Meta refuses such webhooks, and the dashboard's cookie is not kept "
                        "secret."),
                    STR("Put a proxy with a certificate in front and set PUBLIC_URL to its https address."));
    look_at_channels(doctor);
    doctor_go_on(doctor);
}

/* ---- From outside ---- */

static void read_own(struct doctor *doctor, enum err err, const struct http_response *response)
{
    struct arena *arena = doctor->arena;
    struct str about = STR("PUBLIC_URL: reached from here");
    struct str url = doctor->config->public_url;
    bool is_ours = err == ERR_NONE && response->status == 200 &&
                   str_find(response->body, STR("\"status\":\"ok\"")) != STR_NONE;
    if (is_ours)
        doctor_find(doctor, DOCTOR_OK, about,
                    arena_printf(arena, "%.*s answers, and it is this program.", STR_ARG(url)),
                    (struct str){0});
    else if (err != ERR_NONE)
        doctor_find(doctor, DOCTOR_FAILS, about,
                    arena_printf(arena, "%.*s does not answer (%s).", STR_ARG(url), err_name(err)),
                    STR("Check the name, the certificate, and that the proxy passes everything on to PORT. "
                        "Some networks "
                        "don't let a machine reach its own outside address: then ask it from elsewhere, at "
                        "/healthz."));
    else
        doctor_find(
            doctor, DOCTOR_FAILS, about,
            arena_printf(arena, "%.*s/healthz answers %d, which is not this program's answer.", STR_ARG(url),
                         response->status),
            STR("The proxy sends it elsewhere, or changes the path: it must pass every path on as it is."));
}

static void reach_own(struct doctor *doctor)
{
    struct http_request request = {
        .method = STR("GET"),
        .url = arena_printf(doctor->arena, "%.*s/healthz", STR_ARG(doctor->config->public_url)),
    };
    doctor_ask(doctor, &request, read_own);
}

/* ---- The order ---- */

static const struct {
    enum channel_kind kind; /* done for each number of that kind … */
    bool is_of_channel;     /* … or once */
    void (*examine)(struct doctor *doctor);
} steps[] = {
    {.examine = look_at_settings},
    {.examine = reach_own},
    {CHANNEL_WHATSAPP, true, doctor_ask_graph},
    {CHANNEL_WHATSAPP, true, doctor_sign_whatsapp},
    {CHANNEL_SMS, true, doctor_ask_twilio},
    {CHANNEL_SMS, true, doctor_ask_twilio_number},
    {CHANNEL_SMS, true, doctor_sign_twilio},
};

#define STEPS (sizeof steps / sizeof *steps)

void doctor_go_on(struct doctor *doctor)
{
    /* The next number of this step, else the first of the next one that has any. */
    if (doctor->conf)
        doctor->conf = doctor->conf->next;
    while (!doctor->conf && doctor->step < STEPS) {
        size_t step = doctor->step++;
        if (!steps[step].is_of_channel) {
            steps[step].examine(doctor);
            return;
        }
        doctor->conf = doctor->config->channels[steps[step].kind];
    }
    if (doctor->conf)
        steps[doctor->step - 1].examine(doctor);
    else
        doctor->done(doctor->arg, doctor);
}

void doctor_examine(struct doctor *doctor)
{
    doctor->step = 0;
    doctor->conf = NULL;
    doctor->count = 0;
    doctor_go_on(doctor);
}
