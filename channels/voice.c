/* What did a caller do, and what became of the call?
 *
 * A request without a turn is a call that begins; one with a turn brings keys, speech or silence; the status
 * path tells how the call goes. The documents that answer are written in voice_say.c. */

#include "channels/voice.h"

#include "base/clock.h"
#include "base/form.h"
#include "channels/batch.h"
#include "channels/twilio.h"
#include "channels/voice_say.h"

#define TURN_MAX 100000

int64_t voice_turn_of(struct str provider_id)
{
    int64_t turn;
    size_t colon = str_find_char(provider_id, ':');
    if (colon == STR_NONE || !str_to_int64(str_slice(provider_id, colon + 1, provider_id.len), &turn))
        return 0;
    return turn > 0 && turn <= TURN_MAX ? turn : 0;
}

struct str voice_call_of(struct str provider_id)
{
    size_t colon = str_find_char(provider_id, ':');
    return str_slice(provider_id, 0, colon);
}

/* What carriers send as the number of a caller who withholds it: words, or those words on a keypad. */
static bool is_withheld(struct str from)
{
    static const struct str keypad_words[] = {
        STR_INIT("+266696687"),   /* ANONYMOUS */
        STR_INIT("+7378742833"),  /* RESTRICTED */
        STR_INIT("+2562533"),     /* BLOCKED */
        STR_INIT("+8656696"),     /* UNKNOWN */
        STR_INIT("+86282452253"), /* UNAVAILABLE */
    };
    for (size_t i = 0; i < sizeof keypad_words / sizeof *keypad_words; i++)
        if (str_eq(from, keypad_words[i]))
            return true;
    return !twilio_is_e164(from);
}

/* The turn in the action URL; 0 where there is none: the call begins. */
static int64_t read_turn(const struct http_request *request, struct arena *arena)
{
    struct form query;
    int64_t turn;
    if (!form_parse(arena, request->query, &query) || !str_to_int64(form_get(&query, "turn"), &turn))
        return 0;
    return turn > 0 && turn <= TURN_MAX ? turn : 0;
}

/* Turns that were not committed in time are asked for again, with the round in their URL. */
static bool is_retry(const struct http_request *request, struct arena *arena)
{
    struct form query;
    return form_parse(arena, request->query, &query) && form_has(&query, "round");
}

/* A lone # ends an entry that never began: it stands for itself. */
static void read_answer(const struct form *form, struct arena *arena, struct inbound *message)
{
    struct str digits = form_get(form, "Digits");
    struct str speech = inbound_text(arena, form_get(form, "SpeechResult"));
    if (digits.len == 0 && str_eq(form_get(form, "FinishedOnKey"), STR("#")))
        digits = STR("#");
    if (digits.len) {
        message->kind = INBOUND_DIGITS;
        message->text = inbound_text(arena, digits);
    } else if (str_trim(speech).len) {
        message->kind = INBOUND_SPEECH;
        message->text = speech;
        double confidence;
        if (str_to_double(form_get(form, "Confidence"), &confidence) && confidence > 0 && confidence <= 1)
            message->confidence = confidence;
    } else {
        message->kind = INBOUND_SILENCE;
    }
}

static void parse_input(const struct http_request *request, const struct form *form, struct str call,
                        struct arena *arena, struct batch *out)
{
    int64_t turn = read_turn(request, arena);
    struct inbound message = {
        .channel = CHANNEL_VOICE,
        .provider_id = arena_printf(arena, "%.*s:%lld", STR_ARG(call), (long long)turn),
        .to = inbound_name(arena, form_get(form, "To")),
        .kind = INBOUND_CALL,
        .is_retry = is_retry(request, arena),
    };
    struct str from = inbound_name(arena, form_get(form, "From"));
    if (!is_withheld(from))
        message.from = from;
    if (turn)
        read_answer(form, arena, &message);
    batch_add_message(out, arena, &message);
}

static bool is_call_status(struct str word)
{
    static const struct str words[] = {
        STR_INIT("queued"),      STR_INIT("initiated"), STR_INIT("ringing"),
        STR_INIT("in-progress"), STR_INIT("completed"), STR_INIT("busy"),
        STR_INIT("failed"),      STR_INIT("no-answer"), STR_INIT("canceled"),
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(word, words[i]))
            return true;
    return false;
}

static bool has_ended(struct str call_status)
{
    return is_call_status(call_status) && !str_eq(call_status, STR("queued")) &&
           !str_eq(call_status, STR("initiated")) && !str_eq(call_status, STR("ringing")) &&
           !str_eq(call_status, STR("in-progress"));
}

static void parse_status(const struct form *form, struct str call, struct arena *arena, struct batch *out)
{
    struct receipt receipt = {
        .provider_id = call,
        .call_status = inbound_name(arena, form_get(form, "CallStatus")),
        .at_ms = twilio_instant_ms(form_get(form, "Timestamp")),
    };
    if (is_call_status(receipt.call_status))
        batch_add_receipt(out, arena, &receipt);
    else
        batch_ignore(out, arena, call,
                     arena_printf(arena, "unknown call status \"%.*s\"", STR_ARG(receipt.call_status)));
}

static enum err parse(const struct channel_conf *confs, const struct channel_conf *matched,
                      const struct http_request *request, struct arena *arena, struct batch *out)
{
    struct form form;
    *out = (struct batch){0};
    enum err err = twilio_fields(request, arena, &form);
    if (err == ERR_MALFORMED)
        return err;
    struct str call = inbound_name(arena, form_get(&form, "CallSid"));
    struct str account = form_get(&form, "AccountSid");
    if (err)
        batch_ignore(out, arena, STR("JSON body"), STR("neither an input nor a status of a call"));
    else if (call.len == 0)
        batch_ignore(out, arena, STR("call"), STR("no CallSid"));
    else if (!twilio_is_own_account(confs, matched, account))
        batch_ignore(out, arena, call, STR("not our account"));
    else if (!twilio_find_number(confs, matched, account, form_get(&form, "To")))
        batch_ignore(out, arena, call, STR("not to one of our numbers"));
    /* An answer that arrives after the hang-up tells of the hang-up, and is no answer. */
    else if (str_ends(request->path, STR("/status")) || has_ended(form_get(&form, "CallStatus")))
        parse_status(&form, call, arena, out);
    else
        parse_input(request, &form, call, arena, out);
    return ERR_NONE;
}

/* Nothing can be said to a caller by a request: a call hears only the answers to its own webhooks. */
static void compose(const struct channel_conf *conf, const struct outbound *say, struct arena *arena,
                    struct composed *out)
{
    (void)conf;
    (void)say;
    (void)arena;
    *out = (struct composed){0};
}

const struct channel channel_voice = {
    .name = "voice",
    .kind = CHANNEL_VOICE,
    .signature_header = STR_INIT(TWILIO_SIGNATURE_HEADER),
    .authenticate = twilio_authenticate,
    .parse = parse,
    .reply = voice_reply,
    .compose = compose,
    .judge = twilio_judge,
};
