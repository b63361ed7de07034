/* Which channels does this build have, and which setting does a number belong to? */

#include "channels/channel.h"
#include "channels/sms.h"
#include "channels/voice.h"
#include "channels/web.h"
#include "channels/whatsapp.h"

static const struct channel *const channels[CHANNEL_KINDS] = {
    [CHANNEL_WHATSAPP] = &channel_whatsapp,
    [CHANNEL_WEB] = &channel_web,
    [CHANNEL_VOICE] = &channel_voice,
    [CHANNEL_SMS] = &channel_sms,
};

const struct channel *channel_of(enum channel_kind kind)
{
    return channels[kind];
}

enum delivery channel_delivery(const struct channel_conf *conf)
{
    switch (conf->kind) {
    case CHANNEL_WHATSAPP:
        return DELIVERY_BY_CALL;
    case CHANNEL_SMS:
        return conf->twilio.reply_inline ? DELIVERY_IN_REPLY : DELIVERY_BY_CALL;
    case CHANNEL_VOICE:
        return DELIVERY_IN_REPLY;
    case CHANNEL_WEB:
        return DELIVERY_BY_SOCKET;
    }
    return DELIVERY_BY_CALL;
}

/* A Messaging Service may own numbers that no setting lists. */
static const struct channel_conf *find_service(const struct channel_conf *confs)
{
    for (const struct channel_conf *conf = confs; conf; conf = conf->next)
        if (conf->twilio.messaging_service_sid.len)
            return conf;
    return NULL;
}

const struct channel_conf *channel_find(const struct channel_conf *confs, struct str number)
{
    for (const struct channel_conf *conf = confs; conf; conf = conf->next)
        if (number.len && str_eq(conf->number, number))
            return conf;
    return find_service(confs);
}
