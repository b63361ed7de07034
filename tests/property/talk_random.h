#pragma once

/* Random flows, and what random people do: words, fields, charts. Everything follows from `seed`. */

#include "talk/answers.h"
#include "tests/unit/talk_world.h"

static uint64_t seed;

static inline uint32_t next_random(void)
{
    seed += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)(mixed >> 32);
}

static inline size_t below(size_t bound)
{
    return next_random() % bound;
}

static inline bool one_in(size_t bound)
{
    return below(bound) == 0;
}

static const char *const utterances[] = {
    "hi",
    "Asha Rao",
    "आशा",
    "15 August 1990",
    "15/08/1990",
    "31/2/1990",
    "1990",
    "3 May",
    "1111990",
    "6:30",
    "6:30 pm",
    "18:30",
    "25:00",
    "सुबह 6:30",
    "I don't know",
    "पता नहीं",
    "Pune",
    "पुणे",
    "Springfield",
    "Aurangabad",
    "India",
    "Springfield, Missouri",
    "Asha, 15 aug 1990 6:30 am pune",
    "मेरा नाम आशा है, जन्म 15 अगस्त 1990 सुबह 6:30",
    "15/08/1990 6:30, Springfield",
    "Ravi Kumar, 31 June 1990, 7 pm, Pune",
    "no wait, 16th",
    "sorry 6:30 pm",
    "I meant Pune",
    "नहीं, 16",
    "yes",
    "no",
    "हाँ",
    "नहीं",
    "1",
    "2",
    "3",
    "9",
    "10",
    "help",
    "back",
    "restart",
    "status",
    "agent",
    "bot",
    "agent",
    "hindi please",
    "speak english",
    "delete my data",
    "erase",
    "मेरा डेटा हटा दो",
    "start",
    "stop",
    "STOP",
    "YES",
    "UNSTOP",
    "HELP",
    "skip",
    "change my name",
    "edit place",
    "tomorrow",
    "15 December 2026",
    "98765 43210",
    "3/7/1985",
    "+1 202 555 0123",
    "",
    " ",
    "👍",
    "thanks",
    "consultation",
    "Chart reading",
    "0",
    "*",
    "#",
    "15081990",
    "0630",
    "no, the time is 7:15 pm",
    "\xff\xfe\xc3",
    "a\u202eb",
    "none of these",
    "my name is April",
    "{first_name}",
    "what?",
    "मदद",
    "वापस",
    "शुरू से शुरू करो",
    "nothing",
};

static inline struct str some_utterance(struct arena *arena)
{
    struct str text = str_from(utterances[below(WORLD_COUNT(utterances))]);
    if (one_in(200))
        text = arena_printf(arena, "%*s", (int)below(6000), "x");
    if (!one_in(8) || text.len == 0)
        return text;
    char *bytes = arena_alloc(arena, text.len);
    memcpy(bytes, text.data, text.len);
    bytes[below(text.len)] = (char)next_random();
    return (struct str){bytes, one_in(3) ? below(text.len) + 1 : text.len};
}

static inline struct flow *some_flow(struct arena *arena)
{
    static const char *const ids[] = {"name",  "birth_date", "birth_time",    "birth_place", "service",
                                      "phone", "note",       "preferred_day", "topic"};
    struct flow *flow = arena_new(arena, struct flow);
    flow->id = STR("instant_onboarding");
    flow->version = STR("random");
    flow->step_count = 1 + below(6);
    bool has_place = false;
    size_t first = below(WORLD_COUNT(ids));
    for (size_t i = 0; i < flow->step_count; i++) {
        struct step *step = &flow->steps[i];
        step->id = str_from(ids[(first + i) % WORLD_COUNT(ids)]);
        step->kind = (enum answer_kind)below(ANSWER_TEXT + 1);
        if (step->kind == ANSWER_PLACE && has_place)
            step->kind = ANSWER_TEXT;
        has_place = has_place || step->kind == ANSWER_PLACE;
        step->field = str_from(answer_kind_name(step->kind));
        step->may_be_unknown = one_in(3);
        step->may_skip = one_in(4);
        step->is_future = one_in(3);
        step->max_length = (int)(1 + below(100));
        step->choice_count = step->kind == ANSWER_CHOICE ? 1 + below(FLOW_CHOICES_MAX) : 0;
        for (size_t k = 0; k < step->choice_count; k++)
            step->choices[k] = arena_printf(arena, "c%zu", k);
    }
    flow->confirms = !one_in(4);
    flow->ends_with_chart = one_in(2);
    flow->webhook = one_in(2) ? STR("https://example.org/hook") : (struct str){0};
    flow->patience_minutes = (int)(1 + below(1600));
    flow->misses_max = (int)(1 + below(4));
    flow->person = one_in(2) ? STR("+911234567890") : (struct str){0};
    flow->region = STR("IN");
    return flow;
}

/* One of those texts of JSON, as its value. */
static inline const struct json *one_of(const char *const *texts, size_t count, struct arena *arena)
{
    const struct json *value = NULL;
    if (json_parse(arena, str_from(texts[below(count)]), &value) != ERR_NONE)
        abort(); /* this file is wrong, not what it tests */
    return value;
}

static inline const struct json *some_value(struct arena *arena)
{
    static const char *const values[] = {"null",
                                         "12",
                                         "true",
                                         "\"Asha\"",
                                         "\"1990-08-15\"",
                                         "\"06:30\"",
                                         "[]",
                                         "{\"a\":[1]}",
                                         "\"banana\"",
                                         "\"Pune\"",
                                         "18.5",
                                         "-999",
                                         "\"Asia/Kolkata\"",
                                         "\"c1\"",
                                         "\"18:30:00\"",
                                         "\"\"",
                                         "0.0",
                                         "\"6:30\"",
                                         "\"9876543210\"",
                                         "1e300"};
    return one_of(values, WORLD_COUNT(values), arena);
}

static inline const struct json *some_fields(const struct flow *flow, struct arena *arena)
{
    static const char *const others[] = {"latitude", "longitude", "timezone", "confirm", "nonsense"};
    struct json *fields = json_new_object(arena);
    for (size_t count = below(6); count > 0; count--) {
        const char *key = others[below(WORLD_COUNT(others))];
        if (!one_in(3))
            key = arena_cstring(arena, flow->steps[below(flow->step_count)].id);
        json_set(arena, fields, key, some_value(arena));
    }
    return fields;
}

/* Whole, of a day on which signs changed, or nothing that anybody knows. */
static inline const struct json *some_chart(struct arena *arena)
{
    static const char *const charts[] = {
        "{\"sun_sign\":\"cancer\",\"moon_sign\":\"taurus\",\"ascendant\":\"leo\",\"nakshatra\":{\"number\":4,"
        "\"name\":\"rohini\",\"pada\":2},\"time_known\":true}",
        "{\"sun_sign\":null,\"sun_sign_either\":[\"aries\",\"taurus\"],\"moon_sign\":\"pisces\","
        "\"ascendant\":null,"
        "\"nakshatra\":null,\"time_known\":false}",
        "{\"sun_sign\":5,\"moon_sign\":\"ophiuchus\",\"nakshatra\":[],\"time_known\":\"no\"}",
    };
    return one_of(charts, WORLD_COUNT(charts), arena);
}

static inline const struct json *some_choices(struct arena *arena)
{
    static const char *const choices[] = {
        "[{\"birth_date\":\"1990-10-28\",\"birth_time\":\"01:30:00\",\"utc_offset\":3600},"
        "{\"birth_date\":\"1990-10-28\",\"birth_time\":\"01:30:00\",\"utc_offset\":0}]",
        "[{\"birth_date\":\"1990-03-25\",\"birth_time\":\"00:30:00\",\"utc_offset\":0},"
        "{\"birth_date\":\"1990-03-25\",\"birth_time\":\"02:30:00\",\"utc_offset\":3600}]",
        "[{},{\"birth_time\":7}]",
    };
    return one_of(choices, WORLD_COUNT(choices), arena);
}
