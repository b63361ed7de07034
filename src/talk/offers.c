/* Which answers does the open question offer, as buttons, rows or keys? */

#include "talk/turn.h"

#define ROW_TITLE_POINTS  24 /* WhatsApp's limit of a list row, the tightest for places */
#define SPOKEN_ROW_POINTS 26 /* three are heard in 12 seconds, with their keys and a reason */

static void offer(struct choice *out, size_t *count, struct str id, struct str title)
{
    if (*count < OUTBOUND_CHOICES_MAX)
        out[(*count)++] = (struct choice){.id = id, .title = title};
}

static struct str step_choice_id(struct turn *turn, const struct step *step, struct str value)
{
    return arena_join(turn->arena, step->id, STR("="), value);
}

/* As many of a place's parts as a row's title takes, the rest below; spoken, there is nothing below. */
static struct choice place_row(struct turn *turn, const struct step *step, struct str place, size_t index)
{
    size_t most = turn->manner == MANNER_SPOKEN ? SPOKEN_ROW_POINTS : ROW_TITLE_POINTS;
    struct choice row = {.id = step_choice_id(turn, step, arena_number(turn->arena, (int64_t)index))};
    row.title = turn_place_parts(place, most);
    row.description = str_trim(str_slice(place, row.title.len, place.len));
    if (row.description.len && row.description.data[0] == ',')
        row.description = str_trim(str_slice(row.description, 1, row.description.len));
    return row;
}

static void offer_candidates(struct turn *turn, const struct step *step, struct choice *out, size_t *count)
{
    const struct json *list = turn->memory.candidates;
    size_t most = turn->manner == MANNER_SPOKEN ? CALL_CANDIDATES_MAX : VALUES_MAX;
    for (size_t i = 0; i < json_count(list) && i < most; i++) {
        const struct json *members = json_at(list, i);
        struct str value = json_text(json_member(members, step->id));
        int hour;
        int minute;
        if (step->kind == ANSWER_PLACE)
            out[(*count)++] = place_row(turn, step, value, i);
        else if (step->kind == ANSWER_TIME && answer_time(value, &hour, &minute))
            offer(out, count, step_choice_id(turn, step, value), turn_time_words(turn, hour, minute, true));
        else
            offer(out, count, step_choice_id(turn, step, value), turn_value_words(turn, step, members));
    }
    if (step->kind == ANSWER_PLACE)
        offer(out, count, STR("none"), turn_words(turn, "label.none_of_these", NULL));
}

/* A question that was not understood too often offers a way out of it. */
static void offer_ways_out(struct turn *turn, const struct step *step, struct choice *out, size_t *count)
{
    if (turn->memory.misses < turn->flow->misses_max)
        return;
    if (step && step->may_be_unknown)
        offer(out, count, STR("unknown"), turn_words(turn, "label.unknown", NULL));
    if (step && step->may_skip)
        offer(out, count, STR("skip"), turn_words(turn, "label.skip", NULL));
    if (turn->flow->person.len || turn->input->staff)
        offer(out, count, STR("agent"), turn_words(turn, "label.agent", NULL));
}

static void offer_steps(struct turn *turn, struct choice *out, size_t *count)
{
    for (size_t i = 0; i < turn->flow->step_count && *count < OUTBOUND_CHOICES_MAX - 1; i++)
        offer(out, count, turn->flow->steps[i].id, turn_step_label(turn, &turn->flow->steps[i]));
    offer(out, count, STR("none"), turn_words(turn, "label.nothing", NULL));
}

size_t ask_offers(struct turn *turn, struct choice out[OUTBOUND_CHOICES_MAX])
{
    size_t count = 0;
    const struct step *step = turn_open_step(turn);
    switch (turn->memory.asking) {
    case ASKING_NOTHING:
        break;
    case ASKING_STEP:
        for (size_t i = 0; step && i < step->choice_count; i++)
            offer(out, &count, step_choice_id(turn, step, step->choices[i]),
                  turn_choice_title(turn, step, step->choices[i]));
        offer_ways_out(turn, step, out, &count);
        break;
    case ASKING_WHICH:
        if (step)
            offer_candidates(turn, step, out, &count);
        break;
    case ASKING_HEARD:
        offer(out, &count, STR("yes"),
              turn_words(turn, turn->memory.guess == GUESS_HEARD ? "label.right" : "label.yes", NULL));
        offer(out, &count, STR("no"),
              turn_words(turn, turn->memory.guess == GUESS_HEARD ? "label.once_more" : "label.no", NULL));
        break;
    case ASKING_CONFIRM:
        offer(out, &count, STR("yes"), turn_words(turn, "label.right", NULL));
        offer(out, &count, STR("no"), turn_words(turn, "label.change", NULL));
        offer_ways_out(turn, NULL, out, &count);
        break;
    case ASKING_EDIT:
        offer_steps(turn, out, &count);
        break;
    case ASKING_RESTART:
    case ASKING_DELETE:
    case ASKING_CHANGE:
        offer(out, &count, STR("yes"), turn_words(turn, "label.yes", NULL));
        offer(out, &count, STR("no"), turn_words(turn, "label.no", NULL));
        break;
    case ASKING_CLOCK:
        chart_offer(turn, out);
        count = 2;
        break;
    case ASKING_RETURN:
        offer(out, &count, STR("on"), turn_words(turn, "label.go_on", NULL));
        offer(out, &count, STR("new"), turn_words(turn, "label.new", NULL));
        break;
    case ASKING_AFTER:
        count = after_offer(turn, out);
        break;
    case ASKING_DESK:
        offer(out, &count, STR("on"), turn_words(turn, "label.go_on", NULL));
        offer(out, &count, STR("wait"), turn_words(turn, "label.wait", NULL));
        break;
    }
    return count;
}
