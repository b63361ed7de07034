/* Who may use the simulator, as whom, and where does what goes to its people go? */

#include "gateway/simulator.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "gateway/operator.h"

/* ---- Who may, and as whom ---- */

bool simulator_is_person(struct str number)
{
    static const struct str range = STR_INIT("155501");
    size_t digits = 0;
    if (number.len && number.data[0] == '+')
        number = str_slice(number, 1, number.len);
    while (digits < number.len && number.data[digits] >= '0' && number.data[digits] <= '9')
        digits++;
    return digits == number.len && digits == 11 && str_starts(number, range);
}

bool simulator_admit(struct gateway *gateway, struct http_exchange *exchange,
                     const struct http_request *request)
{
    /* What a proxy passes on comes from anywhere, though we listen to this machine only. */
    bool is_near = gateway->config->is_local && http_header_of(request, "X-Forwarded-For").len == 0;
    struct operator_identity who;
    return is_near || operator_admit(gateway, exchange, request, ROLE_OPERATOR, &who);
}

/* ---- Where it is ---- */

static struct str local_url(struct str address, int port, struct arena *arena)
{
    if (address.len == 0 || str_eq(address, STR("0.0.0.0")))
        address = STR("127.0.0.1");
    else if (str_eq(address, STR("::")))
        address = STR("::1");
    bool is_ipv6 = str_find_char(address, ':') != STR_NONE;
    return arena_printf(arena, is_ipv6 ? "http://[%.*s]:%d" : "http://%.*s:%d", STR_ARG(address), port);
}

struct str simulator_webhooks_url(const struct config *config, struct arena *arena)
{
    return local_url(config->bind_address, config->port, arena);
}

const struct channel_conf *simulator_door(const struct config *config, const struct channel_conf *conf,
                                          struct str person, struct arena *arena)
{
    if (!config->simulator || !simulator_is_person(person))
        return conf;
    struct channel_conf *door = arena_new(arena, struct channel_conf);
    struct str url = config->admin_address.len ? local_url(config->admin_address, config->admin_port, arena)
                                               : simulator_webhooks_url(config, arena);
    *door = *conf;
    door->whatsapp.graph_url = arena_printf(arena, "%.*s/simulator/graph", STR_ARG(url));
    door->twilio.api_url = arena_printf(arena, "%.*s/simulator/twilio", STR_ARG(url));
    return door;
}

struct str simulator_new_id(const char *prefix, struct arena *arena)
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    return arena_printf(arena, "%s%.*s", prefix, STR_ARG(hex_encode(arena, bytes, sizeof bytes)));
}
