/* What holds for every conversation, whatever the flow and whatever is said?
 *
 * Random flows (and the shipped ones), random people who answer, err, command, press old buttons and send
 * rubbish. A session is often carried on as JSON text, as the database would. A failure prints
 * the seed; FRONTDESK_SEED and FRONTDESK_STEPS repeat or lengthen a run. */

#include "talk/call.h"
#include "talk/memory.h"
#include "tests/property/talk_random.h"
#include "tests/property/talk_rules.h"

#include <sys/wait.h>
#include <unistd.h>

#define STEPS_USUAL   1000000
#define SECOND_SEEDS  1000000000u
#define TURNS_MOST    40
#define CHOICES_KEPT  8
#define REPLAYS_EVERY 50

static size_t steps_taken; /* calls of talk_step */
static bool is_second;     /* of the two processes that share the work */

static struct outcome step(const struct script *script, const struct flow *flow, const struct session *now,
                           const struct input *input, struct arena *arena)
{
    struct outcome out;
    talk_step(script, flow, now, input, arena, &out);
    steps_taken++;
    if (!out.wants_places)
        return out;
    struct input again = *input;
    again.findings = out.near ? world_look_near(out.near, arena) : world_look_up(out.places, arena);
    talk_step(script, flow, now, &again, arena, &out);
    steps_taken++;
    assert_false(out.wants_places);
    return out;
}

/* The session that the person wants instead, and what is said first in it. */
static struct outcome begin_another(const struct script *script, const struct flow *flow,
                                    const struct outcome *out, struct input *input, struct session *another,
                                    struct arena *arena)
{
    assert_true(input->door.len > 0);
    *another = talk_another_session(flow, &out->next, out->begins, out->next.channel, (struct uuid){{0}},
                                    STR("another"), arena);
    assert_int_equal(another->status, SESSION_STARTED);
    assert_false(memory_read(another->memory).call.offers_text);
    if (out->begins != BEGINS_NEW)
        assert_same(json_print(arena, another->data), json_print(arena, out->next.data));
    input->beginning = out->begins;
    struct outcome first = step(script, flow, another, input, arena);
    assert_true(first.say_count > 0 && !first.begins);
    return first;
}

struct run {
    const struct script *script;
    const struct flow *flow;
    struct str choices[CHOICES_KEPT]; /* ids offered lately, old ones too */
    size_t choice_count;
    struct arena life; /* of one conversation */
    int64_t call_turn; /* of the call under way; 0: nobody calls */
    int64_t now_ms;
    struct str door;
    int32_t utc_offset_s;
    struct input said[TURNS_MOST];
    size_t said_count;
};

/* Also back after hours, by another door of the same number, or by the session's key. */
static void come_back(struct run *run, struct input *input)
{
    static const char *const doors[] = {"sms", "whatsapp", ""};
    run->now_ms += one_in(4) ? (int64_t)below(4 * 3600 * 1000) : (int64_t)below(60000);
    if (one_in(10))
        run->door = str_from(doors[below(WORLD_COUNT(doors))]);
    input->now_ms = run->now_ms;
    input->door = run->door;
    input->can_remind = run->door.len && !one_in(4);
    input->utc_offset_s = run->utc_offset_s;
}

/* Somebody at the dashboard, where there is anybody, takes part now and then. */
static void attend(struct input *input)
{
    static const struct staff here = {.is_open = true, .patience_ms = 600000};
    static const struct staff away = {
        .patience_ms = 1, .away = {{STR_INIT("en"), STR_INIT("We are here on Monday.")}}, .away_count = 1};
    input->staff = one_in(3) ? NULL : one_in(4) ? &away : &here;
    if (!one_in(10))
        return;
    input->kind = INPUT_DESK;
    input->desk_act = (enum desk_act)below(DESK_CLOSES + 1);
    input->operator_name = STR("Meera");
    input->is_written = true;
}

static struct input some_input(const struct run *run, struct arena *arena)
{
    struct input input = {
        .kind = INPUT_WORDS,
        .today = {2026, 11, 26},
        .region = one_in(4) ? STR("US") : STR("IN"),
        .is_region_guess = one_in(4),
        .has_provider_words = one_in(3),
        .provider_answers_help = one_in(3),
        .is_opted_out = one_in(25),
        .hearing = one_in(12)  ? HEARD_KEYPAD
                   : one_in(8) ? HEARD_SPEECH
                               : HEARD_TEXT,
    };
    size_t dice = below(20);
    if (dice < 4 && run->choice_count) {
        input.kind = INPUT_CHOICE;
        input.choice = run->choices[below(run->choice_count)];
    } else if (dice == 4) {
        input.kind = INPUT_FIELDS;
        input.fields = some_fields(run->flow, arena);
    } else if (dice == 5) {
        input.kind = (enum input_kind)below(INPUT_WAKE + 1);
        input.other = (enum inbound_kind)below(INBOUND_UNSUPPORTED + 1);
        input.choice = some_utterance(arena);
        input.location = (struct location){.is_given = one_in(2), .latitude = 18.5, .longitude = 73.9};
        input.chart = one_in(2) ? some_chart(arena) : NULL;
        input.chart_choices = one_in(2) ? some_choices(arena) : NULL;
        input.is_heard = one_in(2);
    }
    input.text = some_utterance(arena);
    attend(&input);
    if (one_in(150))
        input.provider_opt_out = one_in(2) ? STR("STOP") : one_in(2) ? STR("START") : STR("HELP");
    return input;
}

/* Somebody telephones now and then, is asked, is silent, comes late or twice, and texts meanwhile. */
static void telephone(struct run *run, struct input *input, struct arena *arena)
{
    /* A chart and a silence are said by nobody. */
    if (input->kind == INPUT_CHART || input->kind == INPUT_WAKE || input->kind == INPUT_DESK)
        return;
    struct caller *caller = arena_new(arena, struct caller);
    bool begins = run->call_turn == 0 ? one_in(12) : one_in(20);
    input->is_written = one_in(2);
    input->speaker = one_in(3) ? STR("0a1b2c3d") : one_in(2) ? STR("4e5f") : (struct str){0};
    if ((run->call_turn == 0 && !begins) || (!begins && one_in(6)))
        return;
    if (begins)
        run->call_turn = 1;
    else if (!one_in(10))
        run->call_turn++;
    *caller = (struct caller){
        .call = one_in(15) ? STR("another") : STR("call"),
        .turn = begins ? 0 : run->call_turn,
        .is_known = one_in(4),
        .is_retry = one_in(20),
        .can_be_texted = !one_in(3),
        .web_address = STR("bot.example"),
    };
    if (begins)
        input->kind = INPUT_BEGIN;
    else if (one_in(6))
        *input = (struct input){.kind = INPUT_OTHER,
                                .other = INBOUND_SILENCE,
                                .staff = input->staff,
                                .today = input->today,
                                .now_ms = input->now_ms};
    else if (input->kind == INPUT_WORDS)
        input->hearing = one_in(2) ? HEARD_KEYPAD : HEARD_SPEECH;
    input->confidence = one_in(3) ? (double)below(100) / 100 : 0;
    input->caller = caller;
    input->door = one_in(5) ? (struct str){0} : STR("voice");
    input->can_remind = false;
    input->is_written = false;
    input->is_opted_out = false;
}

/* As the database would keep it: text out, text in. */
static struct session stored(const struct session *session, struct arena *arena)
{
    struct session copy = *session;
    assert_int_equal(json_parse(arena, json_print(arena, session->data), &copy.data), ERR_NONE);
    assert_int_equal(json_parse(arena, json_print(arena, session->steps_completed), &copy.steps_completed),
                     ERR_NONE);
    if (session->memory)
        assert_int_equal(json_parse(arena, json_print(arena, session->memory), &copy.memory), ERR_NONE);
    copy.language = arena_copy(arena, session->language);
    return copy;
}

static struct str told(const struct session *session, struct arena *arena)
{
    return arena_printf(arena, "%d %d %lld %.*s %.*s %.*s %.*s", (int)session->status, session->current_step,
                        (long long)session->version, STR_ARG(session->language),
                        STR_ARG(json_print(arena, session->data)),
                        STR_ARG(json_print(arena, session->steps_completed)),
                        STR_ARG(session->memory ? json_print(arena, session->memory) : STR("")));
}

/* One language in two scripts: Hindi by text message is written in Latin letters. */
static bool is_same_but_for_script(struct str a, struct str b)
{
    return !str_eq(a, b) && str_starts(a, STR("hi")) && str_starts(b, STR("hi"));
}

/* The channel decides how it is said, never what happens. */
static void check_channel_blind(const struct run *run, const struct session *now, const struct input *input,
                                const struct outcome *out, struct arena *arena)
{
    /* A list that is read aloud is shorter, and what it leaves out can't be chosen from it. */
    if (json_count(memory_read(now->memory).candidates) > CALL_CANDIDATES_MAX)
        return;
    struct session elsewhere = *now;
    elsewhere.channel = (enum channel_kind)below(CHANNEL_KINDS);
    struct outcome other = step(run->script, run->flow, &elsewhere, input, arena);
    if (is_same_but_for_script(out->next.language, other.next.language))
        return;
    assert_same(told(&out->next, arena), told(&other.next, arena));
    assert_int_equal(out->kind, other.kind);
    assert_int_equal(out->say_count, other.say_count);
    if (elsewhere.channel == now->channel)
        assert_same(world_show(out, arena), world_show(&other, arena));
}

static void keep_choices(struct run *run, const struct outcome *out)
{
    for (size_t i = 0; i < out->say_count; i++)
        for (size_t k = 0; k < out->says[i].choice_count; k++) {
            struct str id = out->says[i].choices[k].id;
            size_t at = run->choice_count < CHOICES_KEPT ? run->choice_count++ : below(CHOICES_KEPT);
            run->choices[at] = id;
        }
}

static void check_replay(const struct run *run, const struct session *first, const struct session *last)
{
    struct arena arena = {0};
    struct session session = *first;
    for (size_t i = 0; i < run->said_count; i++)
        session = step(run->script, run->flow, &session, &run->said[i], &arena).next;
    assert_same(told(&session, &arena), told(last, &arena));
    arena_free(&arena);
}

/* One conversation. */
static void converse(struct run *run, bool is_replayed)
{
    struct session first =
        talk_new_session(run->flow, (enum channel_kind)below(CHANNEL_KINDS),
                         one_in(3) ? STR("hi") : STR("en"), (struct uuid){{0}}, STR("key"), &run->life);
    struct session now = first;
    size_t turns = 1 + below(TURNS_MOST);
    for (size_t turn = 0; turn < turns; turn++) {
        struct arena *arena = &run->life;
        struct input input = some_input(run, arena);
        come_back(run, &input);
        telephone(run, &input, arena);
        struct outcome out = step(run->script, run->flow, &now, &input, arena);
        if (out.begins) {
            struct session another;
            out = begin_another(run->script, run->flow, &out, &input, &another, arena);
            now = another;
            run->call_turn = input.caller ? run->call_turn : 0;
            is_replayed = false; /* a replay stays within one session */
        }
        check_state(run->flow, &now, &input, &out, arena);
        check_says(&input, &out);
        check_silence(&now, &input, &out);
        check_desk(&now, &input, &out, arena);
        if (one_in(10))
            check_channel_blind(run, &now, &input, &out, arena);
        keep_choices(run, &out);
        if (is_replayed)
            run->said[run->said_count++] = input;
        now = one_in(4) ? stored(&out.next, arena) : out.next;
    }
    if (is_replayed && run->said_count == turns)
        check_replay(run, &first, &now);
}

static const struct flow *choose_flow(struct run *run)
{
    if (one_in(2))
        return some_flow(&run->life);
    const struct flow *flow = run->script->flows;
    return flow->next && one_in(2) ? flow->next : flow;
}

static void holds_for_every_conversation(void **state)
{
    (void)state;
    const char *wanted_steps = getenv("FRONTDESK_STEPS");
    const char *wanted_seed = getenv("FRONTDESK_SEED");
    size_t steps = (wanted_steps ? strtoul(wanted_steps, NULL, 10) : STEPS_USUAL) / 2;
    struct arena arena = {0};
    struct run run = {.script = world_script(&arena)};
    uint64_t start = wanted_seed ? strtoull(wanted_seed, NULL, 10) : 20261126;
    start += is_second ? SECOND_SEEDS : 0;
    for (uint64_t talk = start; steps_taken < steps; talk++) {
        seed = talk;
        run.choice_count = run.said_count = 0;
        run.call_turn = 0;
        run.now_ms = INT64_C(10) * 24 * 3600 * 1000;
        run.door = (struct str){0};
        run.utc_offset_s = (int32_t)below(26) * 3600 - 12 * 3600;
        run.flow = choose_flow(&run);
        /* Left standing when an assertion fails: the conversation to look at. */
        setenv("FRONTDESK_FAILED_SEED", arena_printf(&run.life, "%llu", (unsigned long long)talk).data, 1);
        converse(&run, one_in(REPLAYS_EVERY));
        arena_reset(&run.life);
    }
    arena_free(&run.life);
    arena_free(&arena);
}

static int print_failed_seed(void **state)
{
    (void)state;
    const char *failed = getenv("FRONTDESK_FAILED_SEED");
    if (failed)
        print_message("last conversation: FRONTDESK_SEED=%s\n", failed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(holds_for_every_conversation, print_failed_seed),
    };
    pid_t second = fork();
    is_second = second == 0;
    int failed = cmocka_run_group_tests_name("talk properties", tests, NULL, NULL);
    int status = 0;
    if (second > 0 && (waitpid(second, &status, 0) != second || status != 0))
        failed++;
    return second < 0 ? 1 : failed;
}
