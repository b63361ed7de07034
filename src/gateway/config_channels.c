/* Which numbers and pages are served, each with what its provider asks for? */

#include "gateway/config_reading.h"

static bool has_credentials(const struct channel_conf *channel)
{
    switch (channel->kind) {
    case CHANNEL_WHATSAPP:
        return channel->number.len && channel->whatsapp.app_secret.len &&
               channel->whatsapp.access_token.len && channel->whatsapp.verify_token.len;
    case CHANNEL_SMS:
    case CHANNEL_VOICE:
        return (channel->number.len || channel->twilio.messaging_service_sid.len) &&
               channel->twilio.account_sid.len && channel->twilio.auth_token.len;
    case CHANNEL_WEB:
        return true;
    }
    return false;
}

/* What is not said of it. */
static void fill_in_channel(struct reading *reading, struct channel_conf *channel, const struct yaml *root,
                            const struct yaml *map)
{
    if (channel->brand.len == 0)
        channel->brand = STR("default");
    if (channel->title.len == 0)
        channel->title = setting_text(reading, root, "title");
    channel->is_region_set = channel->region.len > 0;
    if (!channel->is_region_set)
        channel->region = STR("IN");
    int indian = str_eq(channel->region, STR("IN")) ? 330 : 0;
    channel->utc_offset_s = 60 * setting_int(reading, map, "utc_offset_minutes", indian, -720, 840);
}

/* Of a number that is written otherwise than the provider writes it, every message would be one to somebody
 * else, and ignored. (Short codes and other senders have no country's code.) */
static void check_number(struct reading *reading, const struct channel_conf *channel, const struct yaml *map)
{
    struct str number = channel->number;
    bool has_plus = str_starts(number, STR("+"));
    bool is_only_digits = true;
    size_t digits = 0;
    for (size_t i = has_plus; i < number.len; i++) {
        bool is_digit = number.data[i] >= '0' && number.data[i] <= '9';
        digits += is_digit;
        is_only_digits = is_only_digits && is_digit;
    }
    const struct yaml *at = yaml_get(map, "number");
    if (channel->kind == CHANNEL_WHATSAPP && has_plus)
        yaml_problem(
            reading->problems, at,
            "this is a phone number; WhatsApp knows it by its phone number id, see Meta's dashboard");
    else if (channel->kind != CHANNEL_WHATSAPP && (has_plus ? !is_only_digits : digits > 8))
        yaml_problem(reading->problems, at,
                     "write the number as Twilio does, with + and without spaces: +15550100001");
}

/* Behind the others of its kind. What waits in the spool names its channel by the id. */
static void add_channel(struct reading *reading, struct channel_conf *channel, const struct yaml *map)
{
    struct channel_conf **last = &reading->config->channels[channel->kind];
    while (*last) {
        if (str_eq((*last)->number, channel->number))
            yaml_problem(reading->problems, map, "another %s channel has this number",
                         channel_kind_name(channel->kind).data);
        if (str_eq((*last)->id, channel->id))
            yaml_problem(reading->problems, map, "another %s channel has this id",
                         channel_kind_name(channel->kind).data);
        last = &(*last)->next;
    }
    *last = channel;
}

static void read_channel(struct reading *reading, const struct yaml *root, const struct yaml *map)
{
    static const char *const known[] = {"kind",       "id",
                                        "flow",       "brand",
                                        "title",      "region",
                                        "language",   "utc_offset_minutes",
                                        "number",     "verify_token",
                                        "app_secret", "access_token",
                                        "graph_url",  "account_sid",
                                        "auth_token", "messaging_service_sid",
                                        "api_url",    NULL};
    yaml_check_keys(map, known, reading->problems);
    enum channel_kind kind;
    if (map->kind != YAML_MAP || !channel_kind_from(setting_text(reading, map, "kind"), &kind)) {
        yaml_problem(reading->problems, map, "a channel needs a kind: whatsapp, sms, voice or web");
        return;
    }
    struct channel_conf *channel = arena_new(reading->arena, struct channel_conf);
    *channel = (struct channel_conf){
        .kind = kind,
        .line = map->line,
        .id = setting_text(reading, map, "id"),
        .number = setting_text(reading, map, "number"),
        .flow = setting_text(reading, map, "flow"),
        .brand = setting_text(reading, map, "brand"),
        .title = setting_text(reading, map, "title"),
        .region = setting_text(reading, map, "region"),
        .language = setting_text(reading, map, "language"),
        .public_url = reading->config->public_url,
        .whatsapp = {setting_text(reading, map, "verify_token"), setting_text(reading, map, "app_secret"),
                     setting_text(reading, map, "access_token"), setting_url(reading, map, "graph_url")},
        .twilio = {setting_text(reading, map, "account_sid"), setting_text(reading, map, "auth_token"),
                   setting_text(reading, map, "messaging_service_sid"), setting_url(reading, map, "api_url"),
                   !str_eq(setting_text(reading, yaml_get(root, "sms"), "reply"), STR("api"))},
    };
    if (channel->id.len == 0 || channel->flow.len == 0)
        yaml_problem(reading->problems, map, "a channel needs an id and a flow");
    fill_in_channel(reading, channel, root, map);
    check_number(reading, channel, map);
    if (has_credentials(channel))
        add_channel(reading, channel, map);
}

void config_read_channels(struct reading *reading, const struct yaml *root)
{
    const struct yaml *channels = yaml_get(root, "channels");
    if (!channels || channels->kind != YAML_LIST) {
        yaml_problem(reading->problems, channels ? channels : root,
                     "channels must be a list of numbers and pages");
        return;
    }
    for (const struct yaml *channel = channels->first; channel; channel = channel->next)
        read_channel(reading, root, channel);
}
