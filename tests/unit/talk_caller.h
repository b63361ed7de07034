#pragma once

/* Somebody telephones, as the conversation core sees them: presses keys and speaks, a turn after the other.
 */

#include "tests/unit/checking.h"
#include "tests/unit/talk_world.h"

static const struct script *script;

static bool can_be_texted = true;

static inline struct person dial(const char *flow)
{
    struct person person;
    person_meets(&person, script, str_from(flow), CHANNEL_VOICE);
    return person;
}

static inline void call_does(struct person *person, struct input input, int64_t turn)
{
    struct caller *caller = arena_new(&person->arena, struct caller);
    *caller = (struct caller){
        .call = STR("call"), .turn = turn, .can_be_texted = can_be_texted, .web_address = STR("bot.example")};
    input.caller = caller;
    input.speaker = STR("0a1b");
    input.now_ms = turn * 1000 + 1;
    person_does(person, input);
}

static inline void press(struct person *person, const char *keys, int64_t turn)
{
    struct str text = arena_copy(&person->arena, str_from(keys));
    call_does(person, (struct input){.kind = INPUT_WORDS, .hearing = HEARD_KEYPAD, .text = text}, turn);
}

static inline void speak(struct person *person, const char *words, int64_t turn)
{
    struct str text = arena_copy(&person->arena, str_from(words));
    call_does(person, (struct input){.kind = INPUT_WORDS, .hearing = HEARD_SPEECH, .text = text}, turn);
}

static inline bool shows(const struct person *person, const char *words)
{
    return str_find(person->shown, str_from(words)) != STR_NONE;
}

/* Asked for the day of birth. */
static inline struct person at_date(void)
{
    struct person person = dial("instant_onboarding");
    call_does(&person, (struct input){.kind = INPUT_BEGIN}, 0);
    press(&person, "1", 1);
    speak(&person, "Asha", 2);
    press(&person, "1", 3);
    assert_true(shows(&person, "When were you born"));
    return person;
}
