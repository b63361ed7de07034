/* Can any bytes of a webhook stop a worker? The first byte picks the channel and the method; the rest is the
 * body, or the query. Whatever is read must be valid UTF-8 within its bounds, as the database demands. */

#include "channels/channel.h"

#include <stdlib.h>

static const struct channel_conf confs[CHANNEL_KINDS] = {
    [CHANNEL_WHATSAPP] = {.kind = CHANNEL_WHATSAPP,
                          .number = STR_INIT("1"),
                          .whatsapp = {STR_INIT("v"), STR_INIT("s"), STR_INIT("a"), STR_INIT("https://g")}},
    [CHANNEL_SMS] = {.kind = CHANNEL_SMS,
                     .number = STR_INIT("+15550100001"),
                     .public_url = STR_INIT("https://h"),
                     .twilio = {STR_INIT("AC1"), STR_INIT("t"), {NULL, 0}, STR_INIT("https://t"), true}},
    [CHANNEL_VOICE] = {.kind = CHANNEL_VOICE,
                       .number = STR_INIT("+15550100001"),
                       .public_url = STR_INIT("https://h"),
                       .twilio = {STR_INIT("AC1"), STR_INIT("t"), {NULL, 0}, STR_INIT("https://t"), true}},
    [CHANNEL_WEB] = {.kind = CHANNEL_WEB, .number = STR_INIT("page")},
};

static void expect(bool truth)
{
    if (!truth)
        abort();
}

static void check_text(struct str text)
{
    expect(text.len <= INBOUND_TEXT_BYTES && utf8_is_valid(text) && str_find_char(text, '\0') == STR_NONE);
}

static void check(const struct batch *batch)
{
    for (size_t i = 0; i < batch->message_count; i++) {
        const struct inbound *message = &batch->messages[i];
        check_text(message->provider_id);
        check_text(message->from);
        check_text(message->user_id);
        check_text(message->profile_name);
        check_text(message->text);
        check_text(message->choice);
        check_text(message->reply_to);
        expect(message->provider_id.len != 0 && message->media_count <= INBOUND_MEDIA_MAX &&
               message->at_ms >= 0);
    }
    for (size_t i = 0; i < batch->receipt_count; i++) {
        check_text(batch->receipts[i].provider_id);
        check_text(batch->receipts[i].outbox_id);
        check_text(batch->receipts[i].error.title);
    }
    for (size_t i = 0; i < batch->ignored_count; i++) {
        check_text(batch->ignored[i].what);
        check_text(batch->ignored[i].why);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    enum channel_kind kind = (enum channel_kind)(data[0] % CHANNEL_KINDS);
    const struct channel *channel = channel_of(kind);
    bool is_get = data[0] & 0x40;
    struct str rest = {(const char *)data + 1, size - 1};
    struct arena arena = {0};
    struct http_request request = {
        .method = is_get ? STR("GET") : STR("POST"),
        .url = is_get ? arena_printf(&arena, "/p?%.*s", STR_ARG(rest)) : STR("/p"),
        .path = data[0] & 0x20 ? STR("/p/status") : STR("/p"),
        .query = is_get ? rest : (struct str){0},
        .body = is_get ? (struct str){0} : rest,
    };
    http_add_header(&arena, &request, "Content-Type",
                    data[0] & 0x10 ? STR("application/json") : STR("application/x-www-form-urlencoded"));
    http_add_header(&arena, &request, "X-Twilio-Signature", STR("AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    if (channel) {
        const struct channel_conf *matched;
        const char *reason;
        struct batch batch;
        if (channel->authenticate(&confs[kind], &request, &arena, &matched, &reason))
            expect(reason != NULL);
        if (channel->parse(&confs[kind], &confs[kind], &request, &arena, &batch) == ERR_NONE)
            check(&batch);
    }
    arena_free(&arena);
    return 0;
}
