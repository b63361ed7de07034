/* What does the dashboard's ticket get to know of a turn? See sql/migrations/0013_tickets.sql. */

#include "gateway/caller.h"
#include "gateway/payload.h"
#include "gateway/turn_state.h"
#include "store/answers.h"

static struct str change_name(enum ticket_change change)
{
    static const struct str names[] = {STR_INIT("unchanged"), STR_INIT("opened"),   STR_INIT("heard"),
                                       STR_INIT("taken"),     STR_INIT("answered"), STR_INIT("closed"),
                                       STR_INIT("moved")};
    return names[change];
}

/* What an operator hands over is answered where it was last spoken to. */
static struct json *door_as_it_was(struct turn *turn)
{
    const struct door *known = turn->ask.door;
    const struct json *recipient;
    if (json_parse(&turn->arena, known->recipient, &recipient) != ERR_NONE)
        return NULL;
    struct json *door = json_new_object(&turn->arena);
    json_set_str(&turn->arena, door, "channel", channel_kind_name(known->channel));
    json_set_str(&turn->arena, door, "account", known->account);
    json_set(&turn->arena, door, "recipient", recipient);
    return door;
}

/* Where the person can be answered: by the door they came by, but a caller by text message. */
static struct json *door_of(struct turn *turn)
{
    const struct inbound *said = turn->ask.said;
    struct arena *arena = &turn->arena;
    enum channel_kind channel = turn->ask.channel;
    struct str account = said->to;
    const struct json *recipient;
    if (channel == CHANNEL_VOICE) {
        const struct channel_conf *conf = text_conf_of(turn->gateway->config, turn->ask.conf);
        if (!conf)
            return NULL;
        channel = CHANNEL_SMS;
        account = text_account_of(conf, said);
    }
    if (json_parse(arena, recipient_print(arena, said->from, said->user_id), &recipient) != ERR_NONE)
        return NULL;
    struct json *door = json_new_object(arena);
    json_set_str(arena, door, "channel", channel_kind_name(channel));
    json_set_str(arena, door, "account", account);
    json_set(arena, door, "recipient", recipient);
    return door;
}

const struct json *turn_ticket(struct turn *turn)
{
    const struct outcome *outcome = turn->outcome;
    struct arena *arena = &turn->arena;
    if (outcome->ticket == TICKET_UNCHANGED)
        return NULL;
    struct json *news = json_new_object(arena);
    json_set_str(arena, news, "change", change_name(outcome->ticket));
    json_set_int(arena, news, "lane", turn->place.lane);
    if (turn->input.kind == INPUT_DESK)
        json_set_str(arena, news, "operator", turn->input.operator_name);
    if (outcome->ticket == TICKET_MOVED)
        json_set_str(arena, news, "from", uuid_text(arena, turn->load.session.id));
    bool is_handed_over = turn->input.kind == INPUT_HELP && turn->ask.door;
    struct json *door = turn->ask.said ? door_of(turn) : is_handed_over ? door_as_it_was(turn) : NULL;
    if (door)
        json_set(arena, news, "door", door);
    return news;
}
