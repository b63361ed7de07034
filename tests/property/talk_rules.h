#pragma once

/* What holds after every turn: of the session, of what is said, and of whom somebody at the dashboard
 * answers. */

#include "talk/answers.h"
#include "talk/memory.h"
#include "tests/property/talk_random.h"
#include "tests/unit/checking.h"

#define MEMORY_BYTES 4096

static inline void assert_same(struct str a, struct str b)
{
    if (!str_eq(a, b))
        print_error("%.*s\n%.*s\n", STR_ARG(a), STR_ARG(b));
    assert_true(str_eq(a, b));
}

/* Only a chart's result ends the time in which it is made. */
static inline bool may_follow(enum session_status before, enum session_status after, const struct flow *flow,
                              enum input_kind kind)
{
    switch (before) {
    case SESSION_STARTED:
        return after != SESSION_FAILED;
    case SESSION_COLLECTING_DATA:
        if (after == SESSION_GENERATING_CHART)
            return flow->ends_with_chart;
        return after == before || (after == SESSION_COMPLETED && !flow->ends_with_chart);
    case SESSION_GENERATING_CHART:
        return after == before || (kind == INPUT_CHART && session_is_finished(after));
    case SESSION_COMPLETED:
    case SESSION_FAILED:
        return after == before;
    }
    return false;
}

static inline void check_says(const struct input *input, const struct outcome *out)
{
    struct memory memory = memory_read(out->next.memory);
    assert_true(out->say_count <= SAYS_MAX);
    if (input->caller)
        assert_true(out->say_count > 0);
    /* The number may be forged. */
    if (input->caller && input->door.len)
        assert_false(out->erases);
    if (out->texts)
        assert_true(input->caller && input->caller->can_be_texted && out->text_message.text.len > 0);
    for (size_t i = 0; i < out->say_count; i++) {
        const struct outbound *say = &out->says[i];
        assert_true(say->text.len > 0 && utf8_is_valid(say->text));
        /* No voice reads Hindi in Latin letters well. */
        assert_true(!input->caller || str_find(say->language, STR("-Latn")) == STR_NONE);
        assert_true(say->choice_count <= OUTBOUND_CHOICES_MAX);
        for (size_t k = 0; k < say->choice_count; k++) {
            struct str id = say->choices[k].id;
            int64_t number = 0;
            assert_true(say->choices[k].title.len > 0 && utf8_is_valid(say->choices[k].title));
            assert_true(str_to_int64(str_slice(id, 0, str_find_char(id, ':')), &number));
            assert_int_equal(number, memory.question);
        }
    }
}

static inline bool is_silent(struct desk_memory desk)
{
    return desk.state == DESK_AWAITED || desk.state == DESK_TAKEN;
}

/* While somebody at the dashboard has the conversation the bot answers nothing, but what concerns itself: a
 * call must hear something, a program too; deleting, stopping and help work; and it says once that nobody
 * came. */
static inline void check_desk(const struct session *now, const struct input *input, const struct outcome *out,
                              struct arena *arena)
{
    struct memory before = memory_read(now->memory);
    struct memory after = memory_read(out->next.memory);
    bool is_asking = after.asking == ASKING_DESK || after.asking == ASKING_DELETE;
    if (is_silent(after.desk) && !is_silent(before.desk))
        assert_true(out->wants_person || input->kind == INPUT_DESK);
    if (before.desk.state == DESK_NONE && after.desk.state != DESK_NONE)
        assert_true(out->ticket == TICKET_OPENED && input->staff);
    if (before.desk.state != DESK_NONE && after.desk.state == DESK_NONE)
        assert_true(out->ticket == TICKET_CLOSED || out->erases);
    if (input->kind == INPUT_DESK && before.desk.state == DESK_NONE)
        assert_true(out->say_count == 0 && out->ticket == TICKET_UNCHANGED && out->kind == TURN_IGNORED);
    if (out->ticket == TICKET_ANSWERED)
        assert_true(out->say_count == 1 && str_eq(out->says[0].by, STR("Meera")) && !input->is_opted_out);
    if (!is_silent(before.desk) || !is_silent(after.desk) || input->kind == INPUT_CHART)
        return;
    assert_same(json_print(arena, now->data), json_print(arena, out->next.data));
    assert_true(!out->starts_chart && !out->begins);
    /* Being asked whether everything is to be deleted begins a conversation. */
    assert_true(now->status == out->next.status || now->status == SESSION_STARTED);
    if (out->wakes_at_ms)
        assert_true(after.desk.state == DESK_AWAITED && out->wakes_at_ms == after.desk.excuse_ms);
    if (input->kind == INPUT_WAKE && out->say_count)
        assert_true(before.desk.state == DESK_AWAITED && before.desk.excuse_ms && !after.desk.excuse_ms);
    for (size_t i = 0; i < out->say_count; i++)
        assert_true(!out->says[i].is_question || is_asking);
}

/* Whoever is silent is reminded once, by day, where they wrote, and not for long. */
static inline void check_silence(const struct session *now, const struct input *input,
                                 const struct outcome *out)
{
    struct presence before = memory_read(now->memory).presence;
    if (is_silent(memory_read(now->memory).desk) || is_silent(memory_read(out->next.memory).desk))
        return;
    if (out->wakes_at_ms) {
        int64_t hour = (out->wakes_at_ms / 1000 + input->utc_offset_s) / 3600 % 24;
        assert_true(input->can_remind && out->wakes_at_ms > input->now_ms);
        assert_true(hour >= 9 && hour < 20);
        assert_false(before.is_reminded && !input->beginning);
    }
    if (input->kind != INPUT_WAKE || out->say_count == 0)
        return;
    int64_t hour = (input->now_ms / 1000 + input->utc_offset_s) / 3600 % 24;
    assert_true(hour >= 9 && hour < 20);
    assert_true(input->can_remind && !input->is_opted_out && str_eq(input->door, before.door));
    assert_false(before.is_reminded || before.is_calling);
    assert_true(memory_read(out->next.memory).presence.is_reminded);
    assert_true(input->now_ms - before.heard_ms < 24 * 3600 * INT64_C(1000));
    assert_int_equal(now->status, SESSION_COLLECTING_DATA);
}

static inline void check_state(const struct flow *flow, const struct session *now, const struct input *input,
                               const struct outcome *out, struct arena *arena)
{
    const struct session *next = &out->next;
    struct memory memory = memory_read(next->memory);
    assert_int_equal(next->version, now->version + 1);
    assert_true(may_follow(now->status, next->status, flow, input->kind));
    assert_true(memory.misses <= flow->misses_max + 2);
    assert_true(!one_in(4) || json_print(arena, next->memory).len <= MEMORY_BYTES);
    assert_true(next->current_step >= 0 && (size_t)next->current_step <= flow->step_count);
    assert_true(json_count(next->steps_completed) <= flow->step_count);
    bool is_over = next->status == SESSION_GENERATING_CHART || session_is_finished(next->status);
    if (is_over && !session_is_finished(now->status) && now->status != SESSION_GENERATING_CHART)
        assert_int_equal(talk_missing(flow, next, &(struct str){0}, 1), 0);
    if (session_is_finished(now->status) && !out->erases)
        assert_same(json_print(arena, now->data), json_print(arena, next->data));
    if (next->status == SESSION_COLLECTING_DATA && out->kind != TURN_IGNORED && !out->erases)
        assert_true(memory.asking != ASKING_NOTHING || out->opts_out || out->kind == TURN_COMMANDED);
    bool is_settled = memory_read(now->memory).clock && !memory.clock && !out->erases;
    assert_int_equal(out->starts_chart, next->status == SESSION_GENERATING_CHART &&
                                            (now->status != SESSION_GENERATING_CHART || is_settled));
    assert_int_equal(out->keeps_chart,
                     next->status == SESSION_COMPLETED && now->status == SESSION_GENERATING_CHART);
}
