/* Can any text, choice or answer of a provider break what a channel writes or how it judges? The input is cut
 * at its line breaks into a message's texts. */

#include "base/json.h"
#include "channels/channel.h"
#include "channels/gsm7.h"

#include <stdlib.h>

static const struct channel_conf confs[CHANNEL_KINDS] = {
    [CHANNEL_WHATSAPP] = {.kind = CHANNEL_WHATSAPP,
                          .number = STR_INIT("1"),
                          .whatsapp = {.graph_url = STR_INIT("https://g")}},
    [CHANNEL_WEB] = {.kind = CHANNEL_WEB},
    [CHANNEL_VOICE] = {.kind = CHANNEL_VOICE, .public_url = STR_INIT("https://h")},
    [CHANNEL_SMS] = {.kind = CHANNEL_SMS,
                     .number = STR_INIT("+15550100001"),
                     .public_url = STR_INIT("https://h"),
                     .twilio = {STR_INIT("AC1"), STR_INIT("t"), {NULL, 0}, STR_INIT("https://t"), true}},
};

static void expect(bool truth)
{
    if (!truth)
        abort();
}

static struct outbound make(struct str text, uint8_t shape, struct arena *arena)
{
    struct outbound say = {
        .to = STR("1"),
        .asks_location = shape & 1,
        .input =
            (enum input_hint)(shape >> 4 & 7) > HINT_CONFIRM ? HINT_NONE : (enum input_hint)(shape >> 4 & 7),
    };
    struct str part;
    say.text = text_clean(arena, text.len && str_cut(&text, '\r', &part) ? part : text);
    if (shape & 2 && text.len && str_cut(&text, '\r', &part))
        say.image = text_clean(arena, part);
    if (shape & 4 && text.len && str_cut(&text, '\r', &part))
        say.link.url = text_clean(arena, part);
    struct choice *choices = arena_new_array(arena, struct choice, OUTBOUND_CHOICES_MAX);
    say.choices = choices;
    while (text.len && say.choice_count < OUTBOUND_CHOICES_MAX && str_cut(&text, '\r', &part)) {
        struct str title = text_clean(arena, part);
        choices[say.choice_count++] = (struct choice){title, title, shape & 8 ? title : (struct str){0}};
    }
    return say;
}

static void say_it(const struct channel *channel, const struct outbound *say, struct arena *arena)
{
    struct composed *composed = arena_new(arena, struct composed);
    struct replied *replied = arena_new(arena, struct replied);
    channel->compose(&confs[channel->kind], say, arena, composed);
    for (size_t i = 0; i < composed->count; i++) {
        const struct json *body;
        expect(channel->kind != CHANNEL_WHATSAPP ||
               json_parse(arena, composed->requests[i]->body, &body) == ERR_NONE);
    }
    channel->reply(&confs[channel->kind], say, 1, arena, replied);
    expect(utf8_is_valid(replied->response.body));
    expect(channel->kind == CHANNEL_WEB || replied->response.body.len <= 65536);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct arena arena = {0};
    struct str rest = {(const char *)data + 2, size - 2};
    const struct channel *channel = channel_of((enum channel_kind)(data[0] % CHANNEL_KINDS));
    struct outbound say = make(rest, data[1], &arena);
    say_it(channel, &say, &arena);
    sms_count(sms_fold(&arena, say.text));

    struct http_response response = {.status = 100 + data[1] * 2, .body = rest};
    struct judged judged;
    channel->judge(&confs[channel->kind], &response, &arena, &judged);
    arena_free(&arena);
    return 0;
}
