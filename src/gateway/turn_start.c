/* What is one thing said known by, whose turn is it, and when may that turn begin? */

#include "base/clock.h"
#include "base/digest.h"
#include "channels/voice.h"
#include "gateway/caller.h"
#include "gateway/input.h"
#include "gateway/payload.h"
#include "gateway/spooling.h"
#include "gateway/turn_state.h"
#include "store/answers.h"

#include <string.h>

static void put_behind(void *arg)
{
    turn_fail(arg, ERR_UNAVAILABLE);
}

static void turn_comes(void *arg)
{
    struct turn *turn = arg;
    if (spooling_is_before(turn->gateway, turn->place.lane, &turn->ask))
        spooling_later(turn->gateway->spooling, put_behind, turn);
    else
        turn_look_up(turn);
}

static struct uuid digest_of(struct str text)
{
    uint8_t digest[SHA256_BYTES];
    struct uuid half;
    sha256(text, digest);
    memcpy(half.bytes, digest, sizeof half.bytes);
    return half;
}

static struct uuid key_at(struct str door, struct str message_id, struct arena *arena)
{
    return digest_of(arena_join(arena, door, STR(":"), message_id));
}

struct uuid turn_key_of_api(struct str message_id, struct arena *arena)
{
    return key_at(STR("api"), message_id, arena);
}

static struct uuid message_key(const struct turn_ask *ask, struct str message_id, struct arena *arena)
{
    return ask->said ? key_at(channel_kind_name(ask->channel), message_id, arena)
                     : turn_key_of_api(message_id, arena);
}

/* What this input is known by should it kill a worker. */
static struct uuid suspect_of(const struct turn *turn)
{
    return turn->ask.body.len ? digest_of(turn->ask.body) : turn->load.message_key;
}

static int64_t person_lane(struct str brand, struct str phone, struct str whatsapp_user, struct str otherwise,
                           struct arena *arena)
{
    return lane_of(brand, phone.len ? phone : whatsapp_user.len ? whatsapp_user : otherwise, arena);
}

int64_t turn_lane(const struct channel_conf *conf, const struct inbound *said)
{
    struct arena arena = {0};
    struct str phone = phone_address(said->channel, said->from, &arena);
    int64_t lane = person_lane(conf->brand, phone, said->user_id, said->provider_id, &arena);
    arena_free(&arena);
    return lane;
}

static int64_t lane_of_turn(struct turn *turn)
{
    const struct turn_load *load = &turn->load;
    if (turn->ask.door)
        return turn->ask.door->lane;
    struct str otherwise = turn->ask.session_key.len            ? turn->ask.session_key
                           : turn->ask.channel == CHANNEL_VOICE ? voice_call_of(turn->ask.message_id)
                                                                : turn->ask.message_id;
    return person_lane(load->brand, load->phone, load->whatsapp_user, otherwise, &turn->arena);
}

void turn_start(struct gateway *gateway, const struct turn_ask *ask)
{
    struct arena arena = {0};
    struct turn *turn = arena_new(&arena, struct turn);
    turn->gateway = gateway;
    turn->ask = *ask;
    turn->script = gateway->script;
    turn->input = ask->input;
    turn->input.now_ms = clock_now_ms();
    turn->began_ns = clock_monotonic_ns();
    turn->load.message_key = message_key(ask, ask->message_id, &arena);
    turn->suspect = suspect_of(turn);
    turn->load.brand = ask->conf ? ask->conf->brand : STR("default");
    turn->load.flow = ask->conf ? ask->conf->flow : STR("instant_onboarding");
    if (ask->said) {
        turn->load.phone = phone_address(ask->channel, ask->said->from, &arena);
        turn->load.whatsapp_user = ask->said->user_id;
        struct str previous = call_turn_before(ask->said, &arena);
        if (previous.len)
            turn->load.previous_key = message_key(ask, previous, &arena);
    } else if (ask->door && ask->conf) {
        /* Whom it is said to: may they still be written to? */
        struct outbound to = {0};
        recipient_read(&arena, ask->door->recipient, &to);
        turn->load.phone = phone_address(ask->channel, to.to, &arena);
        turn->load.whatsapp_user = to.user_id;
    }
    turn->arena = arena;
    turn->place = (struct place_in_line){.lane = lane_of_turn(turn), .turn_comes = turn_comes, .arg = turn};
    gateway->turns_under_way++;
    person_enter(gateway->people, &turn->place);
}
