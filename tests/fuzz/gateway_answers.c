/* Can what other services answer, what was spooled, or what somebody wrote into the outbox break its reader?
 * The first byte picks one. Texts that go on into a conversation must be valid. */

#include "channels/sms_list.h"
#include "channels/whatsapp_media.h"
#include "gateway/payload.h"
#include "gateway/recording.h"
#include "gateway/signature.h"
#include "gateway/spoken.h"
#include "gateway/spooled.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct channel_conf whatsapp = {
    .kind = CHANNEL_WHATSAPP, .number = STR_INIT("1"), .whatsapp = {.graph_url = STR_INIT("https://g/v1")}};
static const struct channel_conf sms = {
    .kind = CHANNEL_SMS,
    .number = STR_INIT("+15550100001"),
    .public_url = STR_INIT("https://h"),
    .twilio = {STR_INIT("AC1"), STR_INIT("t"), {NULL, 0}, STR_INIT("https://t"), true}};

static void must(bool good)
{
    if (!good)
        abort();
}

static void read_speech(struct str text, struct arena *arena)
{
    struct spoken spoken;
    struct recording recording;
    recording_read(text, &recording);
    if (spoken_read(text, arena, &spoken))
        must(utf8_is_valid(spoken.text) && spoken.confidence >= 0 && spoken.confidence <= 1);
}

static void read_list(struct str text, struct arena *arena)
{
    struct batch batch = {0};
    struct str next;
    if (sms_list_read(&sms, &sms, text, arena, &batch, &next) != ERR_NONE)
        return;
    must(next.len == 0 || str_starts(next, STR("/2010-04-01/Accounts/AC1/")));
    for (size_t i = 0; i < batch.message_count; i++)
        must(utf8_is_valid(batch.messages[i].text) && batch.messages[i].at_ms >= 0);
}

static void read_media(struct str text, struct arena *arena)
{
    struct whatsapp_media media;
    if (whatsapp_read_media(&whatsapp, text, arena, &media))
        must(media.bytes >= 0 && str_starts(media.url, STR("https://")));
}

static void read_spooled(struct str text, struct arena *arena)
{
    struct spooled spooled;
    if (!spooled_read(text, arena, &spooled))
        return;
    struct spooled again;
    must(spooled_read(spooled_print(&spooled, arena), arena, &again));
    must(again.at_ms == spooled.at_ms && str_eq(again.request.body, spooled.request.body) &&
         str_eq(again.request.url, spooled.request.url) && str_eq(again.conf_id, spooled.conf_id));
}

static void read_outbox(struct str text, struct arena *arena)
{
    struct outbound say;
    if (payload_read(arena, text, &say))
        must(say.choice_count <= OUTBOUND_CHOICES_MAX && payload_print(arena, &say).len > 0);
    recipient_read(arena, text, &say);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct str text, struct arena * arena) = {
        read_speech, read_list, read_media, read_spooled, read_outbox};
    if (size == 0)
        return 0;
    struct arena arena = {0};
    struct str text = {(const char *)data + 1, size - 1};
    readers[data[0] % (sizeof readers / sizeof *readers)](text, &arena);
    signature_is_valid(STR("s"), text, text, 0, &arena);
    arena_free(&arena);
    return 0;
}
