/* How does a voice note become an answer?
 *
 * The note's own turn commits a job. Swept or woken → leased → where is it? → fetched → written down → a turn
 * of the same person, known by the job's id → settled.
 *
 * A job done twice is one turn; a worker that dies leaves its lease, which runs out. Where no words can be
 * had of a note, or its tries are used up, its person is asked to type. */

#include "gateway/voice_notes.h"

#include "base/clock.h"
#include "base/json.h"
#include "channels/whatsapp_media.h"
#include "gateway/payload.h"
#include "gateway/sweep.h"
#include "gateway/transcriber.h"

#include <stdlib.h>

#define SWEEP_MS          1000
#define FETCH_DEADLINE_MS 15000
/* Two fetches, two tries of the service, and a turn. */
#define LEASE_S           120
#define MOST              4
#define ATTEMPTS_MAX      5

struct voice_notes {
    struct sweep sweep;
};

struct errand {
    struct voice_notes *notes;
    struct arena arena;
    struct job job;
    const struct json *payload;
    const struct channel_conf *conf;
    struct whatsapp_media media;
    struct inbound said; /* what the turn hears */
    struct turn_load load;
    struct str error; /* empty: it was heard */
};

bool voice_note_is(const struct gateway *gateway, const struct inbound *said)
{
    return gateway->transcriber && said->channel == CHANNEL_WHATSAPP && said->kind == INBOUND_MEDIA &&
           said->media_count > 0 && said->media[0].id.len && str_starts(said->media[0].mime, STR("audio/"));
}

struct json *voice_note_payload(const struct inbound *said, struct uuid session, struct str language,
                                struct arena *arena)
{
    struct json *payload = json_new_object(arena);
    const struct json *recipient = NULL;
    json_parse(arena, recipient_print(arena, said->from, said->user_id), &recipient);
    json_set_str(arena, payload, "session_id", uuid_text(arena, session));
    json_set_str(arena, payload, "account", said->to);
    json_set(arena, payload, "sender", recipient);
    json_set_str(arena, payload, "media", said->media[0].id);
    json_set_str(arena, payload, "language", language);
    json_set_int(arena, payload, "at_ms", said->at_ms);
    return payload;
}

/* ---- The end ---- */

static void settle(struct errand *errand, enum job_end end, struct str error)
{
    if (end != JOB_DONE)
        log_event(LOG_WARN, end == JOB_FAILED ? "a voice note is given up" : "a voice note is tried again",
                  log_str("job", uuid_text(&errand->arena, errand->job.id)), log_str("why", error));
    sweep_settle_job(&errand->notes->sweep, &errand->job, end, error);
    struct arena arena = errand->arena;
    arena_free(&arena);
}

static void told(void *arg, const struct turn_result *result)
{
    struct errand *errand = arg;
    if (result->err != ERR_NONE)
        settle(errand, JOB_AGAIN, err_title(result->err));
    else
        settle(errand, errand->error.len ? JOB_FAILED : JOB_DONE, errand->error);
}

/* Whoever had everything erased meanwhile is not begun with anew. */
static void session_found(void *arg, enum err err)
{
    struct errand *errand = arg;
    if (err != ERR_NONE) {
        settle(errand, JOB_AGAIN, err_title(err));
        return;
    }
    if (!errand->load.has_session) {
        settle(errand, JOB_FAILED, STR("its session is gone"));
        return;
    }
    struct turn_ask ask = {
        .conf = errand->conf,
        .channel = CHANNEL_WHATSAPP,
        .message_id = errand->said.provider_id,
        .said = &errand->said,
        .is_by_api = true,
        .done = told,
        .arg = errand,
    };
    turn_start(errand->notes->sweep.gateway, &ask);
}

static void tell(struct errand *errand)
{
    struct arena *arena = &errand->arena;
    struct outbound sender = {0};
    recipient_read(arena, json_print(arena, json_get(errand->payload, "sender")), &sender);
    errand->said.channel = CHANNEL_WHATSAPP;
    errand->said.provider_id = arena_printf(arena, "heard:%.*s", STR_ARG(uuid_text(arena, errand->job.id)));
    errand->said.from = sender.to;
    errand->said.user_id = sender.user_id;
    errand->said.to = json_text(json_get(errand->payload, "account"));
    json_to_int64(json_get(errand->payload, "at_ms"), &errand->said.at_ms);
    errand->load = (struct turn_load){
        .message_key = uuid_random(),
        .brand = errand->conf->brand,
        .flow = errand->conf->flow,
        .arena = arena,
        .done = session_found,
        .arg = errand,
    };
    uuid_from_text(json_text(json_get(errand->payload, "session_id")), &errand->load.session_id);
    store_load_turn(errand->notes->sweep.gateway->store, &errand->load);
}

static void fail(struct errand *errand, const char *why)
{
    errand->error = str_from(why);
    errand->said.kind = INBOUND_MEDIA;
    errand->said.is_unheard = true;
    tell(errand);
}

static void fail_or_retry(struct errand *errand, const char *why)
{
    if (errand->job.attempts >= ATTEMPTS_MAX)
        fail(errand, why);
    else
        settle(errand, JOB_AGAIN, str_from(why));
}

/* ---- From the note to its words ---- */

static void written_down(void *arg, enum err err, const struct spoken *spoken)
{
    struct errand *errand = arg;
    if (err == ERR_INVALID) {
        fail(errand, "the service can't read it");
    } else if (err != ERR_NONE) {
        fail_or_retry(errand, "the service does not answer");
    } else {
        errand->said.text = text_clean(&errand->arena, arena_copy(&errand->arena, spoken->text));
        errand->said.kind = errand->said.text.len ? INBOUND_SPEECH : INBOUND_SILENCE;
        errand->said.confidence = spoken->confidence;
        tell(errand);
    }
}

static void fetched(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct errand *errand = arg;
    struct recording recording;
    (void)arena;
    if (err == ERR_TOO_LARGE)
        fail(errand, "it is too long");
    else if (err != ERR_NONE || response->status != 200)
        fail_or_retry(errand, "it could not be fetched");
    else if (!whatsapp_media_is_whole(&errand->media, response->body))
        fail_or_retry(errand, "it came damaged");
    else if (!recording_read(response->body, &recording))
        fail(errand, "it is no recording of a known kind");
    else
        transcriber_listen(errand->notes->sweep.gateway->transcriber, &recording,
                           json_text(json_get(errand->payload, "language")), written_down, errand);
}

static void located(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct errand *errand = arg;
    struct whatsapp_media *media = &errand->media;
    struct http_request request;
    struct http_bounds bounds = {.deadline_ms = FETCH_DEADLINE_MS, .answer_bytes = RECORDING_BYTES};
    if (err != ERR_NONE || response->status != 200) {
        fail_or_retry(errand, "it could not be found");
    } else if (!whatsapp_read_media(errand->conf, response->body, arena, media)) {
        fail(errand, "it does not lie with Meta");
    } else if (media->bytes > (int64_t)RECORDING_BYTES) {
        fail(errand, "it is too long");
    } else {
        whatsapp_fetch_media(errand->conf, media, arena, &request);
        http_fetch(errand->notes->sweep.gateway->client, &request, &bounds, fetched, errand);
    }
}

static void begin(struct voice_notes *notes, const struct job *job)
{
    struct gateway *gateway = notes->sweep.gateway;
    struct arena arena = {0};
    struct errand *errand = arena_new(&arena, struct errand);
    errand->notes = notes;
    errand->arena = arena;
    errand->job = *job;
    notes->sweep.under_way++;
    json_parse(&errand->arena, arena_copy(&errand->arena, job->payload), &errand->payload);
    errand->conf = channel_find(gateway->config->channels[CHANNEL_WHATSAPP],
                                json_text(json_get(errand->payload, "account")));
    if (!errand->conf) {
        settle(errand, JOB_FAILED, STR("its number is none of ours any more"));
    } else if (job->attempts > ATTEMPTS_MAX) {
        fail(errand, "workers died on it");
    } else {
        struct http_request request;
        whatsapp_ask_media(errand->conf, json_text(json_get(errand->payload, "media")), &errand->arena,
                           &request);
        http_call(gateway->client, &request, FETCH_DEADLINE_MS, located, errand);
    }
}

/* ---- Looking for work ---- */

static void claimed(void *arg, enum err err, const struct job *list, size_t count)
{
    struct voice_notes *notes = arg;
    sweep_has_claimed(&notes->sweep);
    for (size_t i = 0; err == ERR_NONE && i < count; i++)
        begin(notes, &list[i]);
}

static void look(void *arg)
{
    struct voice_notes *notes = arg;
    size_t under_way = notes->sweep.under_way;
    if (under_way >= MOST || !sweep_may_claim(&notes->sweep))
        return;
    sweep_claims(&notes->sweep);
    store_claim_jobs(notes->sweep.gateway->store, STR("transcribe"), (int)(MOST - under_way), LEASE_S,
                     claimed, notes);
}

struct voice_notes *voice_notes_new(struct gateway *gateway)
{
    if (!gateway->transcriber)
        return NULL;
    struct voice_notes *notes = calloc(1, sizeof *notes);
    if (!notes)
        abort();
    sweep_open(&notes->sweep, gateway, look, notes);
    sweep_start(&notes->sweep, SWEEP_MS);
    return notes;
}

void voice_notes_wake(struct voice_notes *notes)
{
    if (notes)
        look(notes);
}

void voice_notes_drain(struct voice_notes *notes)
{
    if (notes)
        sweep_drain(&notes->sweep);
}

size_t voice_notes_under_way(const struct voice_notes *notes)
{
    return notes ? notes->sweep.under_way : 0;
}

void voice_notes_free(struct voice_notes *notes)
{
    if (!notes)
        return;
    sweep_close(&notes->sweep);
    free(notes);
}
