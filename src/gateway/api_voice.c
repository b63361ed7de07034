/* What does somebody say to a program that hands on their voice?
 *
 * checked → session loaded → (fetched) → written down → a turn → answered as a collect
 *
 * The session is looked for first: nobody makes the operator pay for speech without one. */

#include "base/clock.h"
#include "base/encoding.h"
#include "gateway/api_call.h"
#include "gateway/limits.h"
#include "gateway/routes.h"
#include "gateway/transcriber.h"

#define URL_BYTES         2048
#define LANGUAGE_BYTES    35
#define FETCH_DEADLINE_MS 10000

struct voice {
    struct api_call *call;
    struct turn_ask ask;
    struct turn_load load;
    struct recording recording;
    struct str url; /* empty: the recording came along */
};

/* ---- The turn ---- */

static void refuse(struct voice *voice, const char *field, const char *code, const char *detail)
{
    api_call_refuse(voice->call, field, code, detail);
    api_call_is_sound(voice->call);
}

static const char *field_of(const struct voice *voice)
{
    return voice->url.len ? "audio_url" : "audio_base64";
}

static void written_down(void *arg, enum err err, const struct spoken *spoken)
{
    struct voice *voice = arg;
    struct api_call *call = voice->call;
    struct input *input = &voice->ask.input;
    if (err == ERR_INVALID) {
        refuse(voice, field_of(voice), "not_readable", "The speech service can't read this recording.");
        return;
    }
    if (err != ERR_NONE) {
        respond_problem(
            call->gateway, call->exchange, call->request, ERR_UNAVAILABLE,
            STR("The speech service does not answer just now, and nothing was changed. Repeat the "
                "request after as many seconds as Retry-After says, or send text to "
                "/session/collect."),
            NULL, 0);
        return;
    }
    call->heard = text_clean(call->arena, arena_copy(call->arena, spoken->text));
    *input = (struct input){
        .kind = INPUT_WORDS, .text = call->heard, .hearing = HEARD_SPEECH, .confidence = spoken->confidence};
    if (call->heard.len == 0)
        *input = (struct input){.kind = INPUT_OTHER, .other = INBOUND_SILENCE};
    api_call_set_day(call, &voice->ask);
    voice->ask.message_id =
        idempotency_message_id(&call->idempotency, "voice", voice->ask.session_key, call->arena);
    turn_start(call->gateway, &voice->ask);
}

static void listen(struct voice *voice)
{
    struct str language = voice->ask.language.len ? voice->ask.language : voice->load.session.language;
    transcriber_listen(voice->call->gateway->transcriber, &voice->recording, language, written_down, voice);
}

/* ---- A recording that lies elsewhere ---- */

static const char unknown_kind[] =
    "This is no recording of a known kind: OGG, WAV, MP3, M4A, WebM, FLAC, AAC or AMR.";

static void fetched(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct voice *voice = arg;
    struct api_call *call = voice->call;
    (void)arena;
    if (err == ERR_TOO_LARGE)
        respond_problem(call->gateway, call->exchange, call->request, err,
                        STR("The recording behind audio_url is longer than 4 MiB."), NULL, 0);
    else if (err == ERR_INVALID)
        refuse(voice, "audio_url", "not_public", "This does not lead to a public address.");
    else if (err != ERR_NONE)
        refuse(voice, "audio_url", "unreachable", "The recording could not be fetched from there.");
    else if (response->status >= 300 && response->status < 400)
        refuse(voice, "audio_url", "redirected", "This leads elsewhere. Give the recording's own address.");
    else if (response->status != 200)
        refuse(voice, "audio_url", "unreachable", "The recording's address answers with an error.");
    else if (!recording_read(arena_copy(call->arena, response->body), &voice->recording))
        refuse(voice, "audio_url", "unknown_type", unknown_kind);
    else
        listen(voice);
}

static void fetch(struct voice *voice)
{
    struct http_request request = {.method = STR("GET"), .url = voice->url};
    struct http_bounds bounds = {
        .deadline_ms = FETCH_DEADLINE_MS, .answer_bytes = RECORDING_BYTES, .only_public = true};
    http_add_header(voice->call->arena, &request, "User-Agent", STR("frontdesk"));
    http_fetch(voice->call->gateway->client, &request, &bounds, fetched, voice);
}

/* https, and of a host that the operator names; the whole authority is compared, so that nothing that parsers
 * read in two ways gets by. */
static bool may_fetch(const struct config *config, struct str url)
{
    struct str scheme = STR("https://");
    size_t end = scheme.len;
    if (!str_starts(url, scheme))
        return false;
    while (end < url.len && url.data[end] != '/' && url.data[end] != '?' && url.data[end] != '#')
        end++;
    struct str authority = str_slice(url, scheme.len, end);
    if (str_ends(authority, STR(":443")))
        authority.len -= sizeof ":443" - 1;
    for (size_t i = 0; i < config->transcribe.host_count; i++)
        if (str_eq_nocase(authority, config->transcribe.hosts[i]))
            return true;
    return false;
}

/* ---- The session ---- */

static void loaded(void *arg, enum err err)
{
    struct voice *voice = arg;
    struct api_call *call = voice->call;
    if (err != ERR_NONE) {
        respond_problem(call->gateway, call->exchange, call->request, err, (struct str){0}, NULL, 0);
        return;
    }
    if (!voice->load.has_session || turn_session_is_expired(&voice->load, clock_now_ms())) {
        respond_unknown_session(call->gateway, call->exchange, call->request);
        return;
    }
    int wait_s =
        limit_take(call->gateway->limits, LIMIT_SPEECH, voice->ask.session_key, clock_monotonic_ns());
    if (wait_s)
        respond_too_many(call->gateway, call->exchange, call->request, wait_s);
    else if (voice->url.len)
        fetch(voice);
    else
        listen(voice);
}

static void load(struct voice *voice)
{
    struct api_call *call = voice->call;
    voice->load = (struct turn_load){
        .message_key = uuid_random(),
        .brand = STR("default"),
        .flow = STR("instant_onboarding"),
        .session_key = voice->ask.session_key,
        .arena = call->arena,
        .done = loaded,
        .arg = voice,
    };
    store_load_turn(call->gateway->store, &voice->load);
}

/* ---- The request ---- */

/* What a browser's FileReader gives begins with "data:audio/webm;base64,". */
static struct str without_data_prefix(struct str text)
{
    size_t comma = str_starts(text, STR("data:")) ? str_find_char(text, ',') : STR_NONE;
    return comma == STR_NONE ? text : str_slice(text, comma + 1, text.len);
}

static void check_recording(struct voice *voice, struct str base64)
{
    struct api_call *call = voice->call;
    struct str bytes = {0};
    const struct json *url = json_get(call->body, "audio_url");
    const struct json *text = json_get(call->body, "audio_base64");
    bool has_url = !json_is_nothing(url);
    bool has_bytes = !json_is_nothing(text);
    if ((has_url && json_kind(url) != JSON_TEXT) || (has_bytes && json_kind(text) != JSON_TEXT))
        return; /* refused already */
    if (has_url && has_bytes)
        api_call_refuse(call, "audio_url", "one_too_many", "Give audio_url or audio_base64, not both.");
    else if (!has_url && !has_bytes)
        api_call_refuse(call, "audio_base64", "missing", "Give the recording in base64, or audio_url.");
    else if (has_url && !may_fetch(call->gateway->config, voice->url))
        api_call_refuse(call, "audio_url", "not_allowed",
                        "This must begin with https:// and a host that is allowed here (AUDIO_HOSTS).");
    else if (has_bytes && !base64_decode(call->arena, without_data_prefix(base64), &bytes))
        api_call_refuse(call, "audio_base64", "malformed", "This is not base64 (with padding, on one line).");
    else if (has_bytes && !recording_read(bytes, &voice->recording))
        api_call_refuse(call, "audio_base64", "unknown_type", unknown_kind);
}

HANDLER(api_voice)
{
    struct voice *voice = arena_new(arena, struct voice);
    struct api_call *call = api_call_new(gateway, exchange, request, arena);
    *voice = (struct voice){.call = call};
    call->is_spoken = true;
    if (!gateway->transcriber) {
        respond_problem(
            gateway, exchange, request, ERR_NOT_IMPLEMENTED,
            STR("No speech service is set up here (TRANSCRIBE_URL). Send what was said as text to "
                "/session/collect."),
            NULL, 0);
        return;
    }
    if (!api_call_parse(call))
        return;
    voice->url = api_call_text(call, "audio_url", URL_BYTES);
    voice->ask = (struct turn_ask){
        .channel = CHANNEL_WEB,
        .session_key = api_call_text(call, "session_key", API_KEY_MOST),
        .language = api_call_text(call, "language", LANGUAGE_BYTES),
        .body = request->body,
        .answer = api_call_collected,
        .done = api_call_answered,
        .arg = call,
    };
    struct str base64 = api_call_text(call, "audio_base64", request->body.len);
    if (json_is_nothing(json_get(call->body, "session_key")))
        api_call_refuse(call, "session_key", "missing", "This is needed: the key that the start gave.");
    api_call_check_language(call, &voice->ask);
    check_recording(voice, base64);
    if (!api_call_is_sound(call))
        return;
    if (voice->ask.session_key.len < API_KEY_LEAST)
        respond_unknown_session(gateway, exchange, request);
    else
        load(voice);
}
