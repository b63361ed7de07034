/* Several answers at once, by name: the API's data, a form. What is good is taken, what is not is told. */

#include "talk/turn.h"

struct taking {
    struct turn *turn;
    const struct json *fields;
    bool wants_confirm;
    bool confirms;
    size_t taken;
};

static void add_error(struct turn *turn, struct str field, const char *code, struct str message)
{
    if (turn->out->error_count == FIELD_ERRORS_MAX)
        return;
    if (!turn->out->errors)
        turn->out->errors = arena_new_array(turn->arena, struct field_error, FIELD_ERRORS_MAX);
    turn->out->errors[turn->out->error_count++] = (struct field_error){
        .field = utf8_truncate(field, 64),
        .code = str_from(code),
        .message = message,
    };
}

static void add_plain_error(struct turn *turn, struct str field, const char *code)
{
    struct filling fillings[] = {{"field", utf8_truncate(field, 64)}, {NULL, {0}}};
    const char *name = arena_join(turn->arena, STR("field."), str_from(code)).data;
    add_error(turn, field, code, turn_words(turn, name, fillings));
}

static void store(struct taking *taking, const struct step *step, const struct json *members)
{
    struct turn *turn = taking->turn;
    turn_store_answer(turn, step, members);
    if (turn_is_settled(turn, step))
        turn_store_completed(turn, step);
    turn->has_stored = true;
    taking->taken++;
}

static void leave_out(struct taking *taking, const struct step *step)
{
    struct turn *turn = taking->turn;
    turn_store_answer(turn, step, NULL);
    turn_store_completed(turn, step);
    turn->has_stored = true;
    taking->taken++;
}

/* Values that are exactly what we store need no understanding, and no guessing either. */
static const struct json *exact_members(struct taking *taking, const struct step *step, struct str text)
{
    bool is_exact_kind = step->kind == ANSWER_TIME || step->kind == ANSWER_CHOICE;
    const struct json *members = answer_members(step, text, taking->turn->arena);
    if (step->kind == ANSWER_TIME && text.len == 8)
        members = answer_members(step, str_slice(text, 0, 5), taking->turn->arena);
    return is_exact_kind && answer_is_valid(step, answer_members(step, text, taking->turn->arena)) ? members
                                                                                                   : NULL;
}

/* An error stands without the buttons of a question, so it names what could be meant: "Do you mean Pune?", or
 * "Which of these do you mean? 3 July 1985; 7 March 1985". */
static struct str doubt_words(struct turn *turn, const struct step *step)
{
    const struct json *candidates = turn->memory.candidates;
    if (json_count(candidates) == 1)
        return call_heard_words(turn, step);
    struct buf text = {.arena = turn->arena};
    buf_put(&text, turn_step_words(turn, step, "which"));
    for (size_t i = 0; i < json_count(candidates); i++) {
        buf_put(&text, i ? STR("; ") : STR(" "));
        buf_put(&text, turn_value_words(turn, step, json_at(candidates, i)));
    }
    return buf_str(&text);
}

static void doubt(struct turn *turn, const struct step *step, const struct meant *meant)
{
    turn->memory.candidates = meant->candidates;
    turn->memory.guess = meant->guess;
    turn->memory.step = step->id;
    add_error(turn, step->id, meant->why, doubt_words(turn, step));
}

/* False when the gazetteer has to be asked first. */
static bool take_text(struct taking *taking, const struct step *step, struct str text)
{
    struct turn *turn = taking->turn;
    const struct json *exact = exact_members(taking, step, text);
    struct meant meant = {.meaning = MEANT_VALUE, .members = exact};
    if (!exact)
        meant = step_understand(turn, step, text);
    switch (meant.meaning) {
    case MEANT_VALUE:
        store(taking, step, meant.members);
        break;
    case MEANT_UNKNOWN:
        if (step->may_be_unknown)
            store(taking, step, answer_unknown(step, turn->arena));
        else
            add_error(turn, step->id, "none", miss_reason(turn, step, "unknown"));
        break;
    case MEANT_SEVERAL:
        doubt(turn, step, &meant);
        break;
    case MEANT_NOTHING:
        add_error(turn, step->id, meant.why, miss_told(turn, step, &meant));
        break;
    case MEANT_WAITS:
        return false;
    }
    return true;
}

static bool has_coordinates(const struct json *fields)
{
    return answer_is_latitude(json_get(fields, "latitude")) &&
           answer_is_longitude(json_get(fields, "longitude")) &&
           answer_is_timezone(json_text(json_get(fields, "timezone")));
}

static bool take_place(struct taking *taking, const struct step *step, struct str text)
{
    struct arena *arena = taking->turn->arena;
    if (!has_coordinates(taking->fields))
        return take_text(taking, step, text);
    struct json *members = json_new_object(arena);
    json_put_str(arena, members, step->id, str_trim(text));
    json_set(arena, members, "latitude", json_get(taking->fields, "latitude"));
    json_set(arena, members, "longitude", json_get(taking->fields, "longitude"));
    json_set(arena, members, "timezone", json_get(taking->fields, "timezone"));
    if (answer_is_valid(step, members))
        store(taking, step, members);
    else
        add_error(taking->turn, step->id, "none", miss_reason(taking->turn, step, "none"));
    return true;
}

/* Null where nobody need know an answer says so, elsewhere nothing at all. */
static void take_null(struct taking *taking, const struct step *step)
{
    if (step && step->may_be_unknown)
        store(taking, step, answer_unknown(step, taking->turn->arena));
    else if (step && step->may_skip)
        leave_out(taking, step);
}

static bool take_step_field(struct taking *taking, const struct step *step, const struct json *value)
{
    struct str text = utf8_truncate_bytes(json_text(value), INBOUND_TEXT_BYTES);
    if (json_kind(value) != JSON_TEXT)
        add_plain_error(taking->turn, step->id, "wrong_type");
    else if (step->kind == ANSWER_PLACE)
        return take_place(taking, step, text);
    else
        return take_text(taking, step, text);
    return true;
}

static const struct step *place_step(const struct flow *flow)
{
    for (size_t i = 0; i < flow->step_count; i++)
        if (flow->steps[i].kind == ANSWER_PLACE)
            return &flow->steps[i];
    return NULL;
}

static bool is_coordinate(struct str key)
{
    return str_eq(key, STR("latitude")) || str_eq(key, STR("longitude")) || str_eq(key, STR("timezone"));
}

/* Coordinates without a name: kept beside the name that is known, or that comes later. */
static void take_coordinate(struct taking *taking, const struct step *place, struct str key,
                            const struct json *value)
{
    struct arena *arena = taking->turn->arena;
    bool is_good = str_eq(key, STR("latitude"))    ? answer_is_latitude(value)
                   : str_eq(key, STR("longitude")) ? answer_is_longitude(value)
                                                   : answer_is_timezone(json_text(value));
    if (!is_good && json_kind(value) != (str_eq(key, STR("timezone")) ? JSON_TEXT : JSON_NUMBER)) {
        add_plain_error(taking->turn, key, "wrong_type");
        return;
    }
    if (!is_good) {
        const char *name = arena_join(arena, STR("field."), key).data;
        add_error(taking->turn, key, "impossible", turn_words(taking->turn, name, NULL));
        return;
    }
    if (json_member(taking->fields, place->id))
        return;
    struct json *members = json_new_object(arena);
    json_put(arena, members, key, value);
    turn_store_answer(taking->turn, NULL, members);
    taking->turn->has_stored = true;
    taking->taken++;
}

static bool take_field(struct taking *taking, struct str key, const struct json *value)
{
    struct turn *turn = taking->turn;
    const struct step *step = flow_step(turn->flow, key, NULL);
    const struct step *place = place_step(turn->flow);
    if (json_is_nothing(value)) {
        take_null(taking, step);
        return true;
    }
    if (step)
        return take_step_field(taking, step, value);
    if (place && is_coordinate(key)) {
        take_coordinate(taking, place, key, value);
    } else if (turn->flow->confirms && str_eq(key, STR("confirm"))) {
        if (json_kind(value) != JSON_BOOL)
            add_plain_error(turn, key, "wrong_type");
        taking->wants_confirm = json_kind(value) == JSON_BOOL;
        taking->confirms = json_truth(value);
    } else if (turn->input->other != INBOUND_FORM) { /* a form holds more than its person filled in */
        add_plain_error(turn, key, "unknown_field");
    }
    return true;
}

static void finish_fields(struct taking *taking)
{
    struct turn *turn = taking->turn;
    bool has_errors = turn->out->error_count > 0;
    turn->out->kind = taking->taken ? TURN_ANSWERED : has_errors ? TURN_MISSED : TURN_COMMANDED;
    if (taking->taken) {
        turn->memory.is_revisit = false;
        turn->memory.is_edit = false;
        turn->memory.misses = 0;
    }
    const struct step *open = turn_open_step(turn);
    if (!open && taking->wants_confirm && !has_errors) {
        turn->memory.asking = ASKING_CONFIRM;
        turn->out->kind = TURN_ANSWERED;
        take_choice(turn, taking->confirms ? STR("yes") : STR("no"));
        return;
    }
    if (has_errors && !turn->memory.candidates)
        turn_lead(turn, turn->out->errors[0].message);
    ask_open(turn);
}

void fields_take(struct turn *turn)
{
    struct taking taking = {.turn = turn, .fields = turn->input->fields};
    void *at = NULL;
    struct str key;
    const struct json *value;
    if (json_kind(taking.fields) == JSON_MEMBERS) {
        turn->memory.candidates = NULL;
        while (json_each(taking.fields, &at, &key, &value))
            if (!take_field(&taking, key, value))
                return;
    }
    finish_fields(&taking);
}
