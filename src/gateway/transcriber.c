/* What is said in a recording?
 *
 * form made → POST → read; put off, or not reached: once more after a moment. Who asked decides what comes
 * after that: a person who waits is told to try again, a job tries again by itself. */

#include "gateway/transcriber.h"

#include "base/multipart.h"
#include "channels/secret.h"

#include <stdlib.h>

/* Twice this and the pause stay below a minute, the patience of most clients. */
#define DEADLINE_MS  25000
#define PAUSE_MS     500
#define TRIES        2
/* At once in one worker: each holds its recording twice. */
#define UNDER_WAY    16
#define LANGUAGE_LEN 2 /* ISO 639-1 */

struct transcriber {
    struct gateway *gateway;
    size_t under_way;
};

struct listening {
    struct transcriber *transcriber;
    struct arena arena;
    struct http_request request;
    struct loop_timer *pause; /* runs out: now (again) */
    int tries;
    enum err refusal; /* ERR_NONE: it is asked */
    void (*done)(void *arg, enum err err, const struct spoken *spoken);
    void *arg;
};

static void end(struct listening *listening, enum err err, const struct spoken *spoken)
{
    struct listening ended = *listening;
    if (listening->refusal == ERR_NONE)
        listening->transcriber->under_way--;
    loop_timer_free(listening->pause);
    ended.done(ended.arg, err, spoken);
    arena_free(&ended.arena);
}

/* ---- The answer ---- */

static bool is_put_off(enum err err, const struct http_response *response)
{
    if (err != ERR_NONE)
        return err == ERR_UNREACHABLE || err == ERR_UNAVAILABLE;
    return response->status == 429 || response->status == 502 || response->status == 503;
}

/* Refusals that are about this recording; others are about us (key, address, model), or pass. */
static bool is_about_recording(int status)
{
    return status == 400 || status == 413 || status == 415 || status == 422;
}

static void give_up(struct listening *listening, enum err err, const struct http_response *response)
{
    int status = err == ERR_NONE ? response->status : 0;
    bool is_ours = status >= 400 && status < 500 && status != 408 && status != 429;
    log_event(is_ours ? LOG_ERROR : LOG_WARN,
              is_about_recording(status) ? "the transcription service refuses a recording"
              : is_ours ? "the transcription service refuses us: are its address and key right?"
                        : "the transcription service does not answer as it should",
              log_int("status", status), log_cstr("why", err_name(err)));
    end(listening, is_about_recording(status) ? ERR_INVALID : ERR_UNAVAILABLE, NULL);
}

static void answered(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct listening *listening = arg;
    struct spoken spoken;
    if (is_put_off(err, response) && listening->tries < TRIES)
        loop_timer_start(listening->pause, PAUSE_MS, 0);
    else if (err == ERR_NONE && response->status == 200 && spoken_read(response->body, arena, &spoken))
        end(listening, ERR_NONE, &spoken);
    else
        give_up(listening, err, response);
}

static void ask(void *arg)
{
    struct listening *listening = arg;
    if (listening->refusal != ERR_NONE) {
        end(listening, listening->refusal, NULL);
        return;
    }
    listening->tries++;
    http_call(listening->transcriber->gateway->client, &listening->request, DEADLINE_MS, answered, listening);
}

/* ---- The question ---- */

/* "hi-Latn" is spoken as hi. */
static struct str spoken_language(struct str language)
{
    struct str first = str_slice(language, 0, str_find_char(language, '-'));
    return first.len == LANGUAGE_LEN ? first : (struct str){0};
}

static struct str form_body(const struct config *config, const struct recording *recording,
                            struct str language, struct multipart *form, struct arena *arena)
{
    struct str spoken = spoken_language(language);
    /* OpenAI's newer models tell their doubt in another form, and refuse the usual one. */
    bool tells_by_token = str_starts(config->transcribe.model, STR("gpt-"));
    multipart_put(form, "model", config->transcribe.model);
    multipart_put(form, "response_format", tells_by_token ? STR("json") : STR("verbose_json"));
    if (tells_by_token)
        multipart_put(form, "include[]", STR("logprobs"));
    if (spoken.len)
        multipart_put(form, "language", spoken);
    multipart_put_file(form, "file", arena_printf(arena, "speech.%.*s", STR_ARG(recording->extension)),
                       recording->type, recording->bytes);
    return multipart_end(form);
}

static void make_request(struct listening *listening, const struct recording *recording, struct str language)
{
    const struct config *config = listening->transcriber->gateway->config;
    struct arena *arena = &listening->arena;
    struct multipart form = multipart_begin(arena);
    struct str key = secret_first(config->transcribe.api_key);
    struct http_request *request = &listening->request;
    *request = (struct http_request){.method = STR("POST"), .url = config->transcribe.url};
    request->body = form_body(config, recording, language, &form, arena);
    http_add_header(arena, request, "Content-Type", multipart_type(&form, arena));
    http_add_header(arena, request, "Accept", STR("application/json"));
    if (key.len)
        http_add_header(arena, request, "Authorization", arena_printf(arena, "Bearer %.*s", STR_ARG(key)));
}

void transcriber_listen(struct transcriber *transcriber, const struct recording *recording,
                        struct str language,
                        void (*done)(void *arg, enum err err, const struct spoken *spoken), void *arg)
{
    struct arena arena = {0};
    struct listening *listening = arena_new(&arena, struct listening);
    bool is_busy = transcriber->under_way >= UNDER_WAY;
    *listening = (struct listening){
        .transcriber = transcriber,
        .refusal = is_busy ? ERR_UNAVAILABLE : ERR_NONE,
        .done = done,
        .arg = arg,
        .arena = arena,
    };
    listening->pause = loop_timer_new(transcriber->gateway->loop, ask, listening);
    if (!is_busy) {
        transcriber->under_way++;
        make_request(listening, recording, language);
    }
    loop_timer_start(listening->pause, 0, 0);
}

struct transcriber *transcriber_new(struct gateway *gateway)
{
    if (gateway->config->transcribe.url.len == 0)
        return NULL;
    struct transcriber *transcriber = calloc(1, sizeof *transcriber);
    if (!transcriber)
        abort();
    transcriber->gateway = gateway;
    return transcriber;
}

void transcriber_free(struct transcriber *transcriber)
{
    free(transcriber);
}
