/* Who is on the telephone? */

#include "gateway/caller.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "channels/voice.h"

#define NAME_BYTES 6

const struct channel_conf *text_conf_of(const struct config *config, const struct channel_conf *voice)
{
    const struct channel_conf *confs = config->channels[CHANNEL_SMS];
    const struct channel_conf *same = channel_find(confs, voice->number);
    if (same && str_eq(same->brand, voice->brand))
        return same;
    for (const struct channel_conf *conf = confs; conf; conf = conf->next)
        if (str_eq(conf->brand, voice->brand))
            return conf;
    return NULL;
}

struct str text_account_of(const struct channel_conf *conf, const struct inbound *said)
{
    return conf->number.len ? conf->number : said->to;
}

/* "https://bot.example" is heard as bot.example. */
static struct str spoken_address(struct str url)
{
    size_t scheme = str_find(url, STR("://"));
    return scheme == STR_NONE ? url : str_slice(url, scheme + 3, url.len);
}

/* Says which call it is, without naming it. */
static struct str call_name(struct str call, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    sha256(call, digest);
    return hex_encode(arena, digest, NAME_BYTES);
}

const struct caller *caller_of(const struct config *config, const struct channel_conf *conf,
                               const struct inbound *said, const struct turn_load *load, struct arena *arena)
{
    struct caller *caller = arena_new(arena, struct caller);
    *caller = (struct caller){
        .call = call_name(voice_call_of(said->provider_id), arena),
        .turn = voice_turn_of(said->provider_id),
        .is_known = load->last_language.len != 0,
        .is_retry = said->is_retry,
        .can_be_texted = !load->is_opted_out && load->phone.len && text_conf_of(config, conf) &&
                         !phone_is_landline(load->phone),
        .web_address = spoken_address(conf->public_url),
    };
    return caller;
}

struct str speaker_of(struct str brand, struct str phone, const struct inbound *said, struct arena *arena)
{
    bool is_call = said->channel == CHANNEL_VOICE;
    if (phone.len == 0 && !is_call)
        return (struct str){0};
    struct str who = phone.len ? phone : voice_call_of(said->provider_id);
    return arena_join(arena, brand, STR("|"), who);
}

struct str call_turn_name(const struct inbound *said, int64_t turn, struct arena *arena)
{
    return arena_printf(arena, "%.*s:%lld", STR_ARG(voice_call_of(said->provider_id)), (long long)turn);
}

struct str call_turn_before(const struct inbound *said, struct arena *arena)
{
    int64_t turn = said->channel == CHANNEL_VOICE ? voice_turn_of(said->provider_id) : 0;
    return turn > 0 ? call_turn_name(said, turn - 1, arena) : (struct str){0};
}
