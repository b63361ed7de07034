/* What does a repetition get? What the first copy got.
 *
 * Where the first copy's commit happened but nobody lived to hear of it, its replies are still leased to a
 * response that was never written. The provider's own repetition brings them in its response; one from the
 * spool has none, so there they leave by API, before anything newer. */

#include "gateway/outbox.h"
#include "gateway/payload.h"
#include "gateway/turn_state.h"
#include "store/answers.h"

static void answer_found(void *arg, enum err err, const struct str *payloads, size_t count)
{
    struct turn *turn = arg;
    struct outbound says[TURN_OUTS_MAX];
    struct turn_result result = {.err = err, .is_duplicate = true, .says = says};
    for (size_t i = 0; i < count && result.say_count < TURN_OUTS_MAX; i++)
        if (payload_read(&turn->arena, payloads[i], &result.says[result.say_count]))
            result.say_count++;
    turn_end(turn, &result);
}

static void replies_returned(void *arg, enum err err)
{
    struct turn *turn = arg;
    struct turn_result result = {.err = err, .is_duplicate = true};
    outbox_wake(turn->gateway->outbox);
    turn_end(turn, &result);
}

void turn_repeat(struct turn *turn)
{
    struct store *store = turn->gateway->store;
    struct uuid key = turn->load.message_key;
    metric_add(turn->gateway->metrics, METRIC_DUPLICATES, 1);
    if (turn->ask.is_replay) {
        store_return_replies(store, key, turn->place.lane, &turn->arena, replies_returned, turn);
    } else if (turn->ask.said && !turn->ask.is_by_api &&
               channel_delivery(turn->ask.conf) == DELIVERY_IN_REPLY) {
        store_find_answer(store, key, &turn->arena, answer_found, turn);
    } else {
        struct turn_result result = {.is_duplicate = true, .answer = turn->load.answer};
        turn_end(turn, &result);
    }
}
