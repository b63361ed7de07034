#pragma once

/* A small world to hold conversations in: the shipped flows and words, a few towns, one person. */

#include "talk/talk.h"
#include "understand/place_sound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct town {
    const char *names; /* as they may be asked for, folded, between bars */
    struct place place;
    const char *in_admin1;  /* what its state is called, likewise; NULL: regions[] knows it */
    const char *in_country; /* and its country */
};

static const struct town towns[] = {
    {"|pune|poona|पुणे|",
     {1, STR_INIT("Pune"), STR_INIT("Maharashtra"), STR_INIT("16"), STR_INIT("IN"), STR_INIT("India"),
      18.5196, 73.8554, 2935744, STR_INIT("Asia/Kolkata")},
     NULL,
     NULL},
    {"|anand|",
     {6, STR_INIT("Anand"), STR_INIT("Gujarat"), STR_INIT("09"), STR_INIT("IN"), STR_INIT("India"), 22.5525,
      72.9552, 218486, STR_INIT("Asia/Kolkata")},
     NULL,
     NULL},
    {"|aurangabad|औरंगाबाद|",
     {2, STR_INIT("Aurangabad"), STR_INIT("Maharashtra"), STR_INIT("16"), STR_INIT("IN"), STR_INIT("India"),
      19.8776, 75.3423, 1016441, STR_INIT("Asia/Kolkata")},
     NULL,
     NULL},
    {"|springfield|",
     {3, STR_INIT("Springfield"), STR_INIT("Missouri"), STR_INIT("MO"), STR_INIT("US"),
      STR_INIT("United States"), 37.2153, -93.2982, 166810, STR_INIT("America/Chicago")},
     NULL,
     NULL},
    {"|springfield|",
     {4, STR_INIT("Springfield"), STR_INIT("Massachusetts"), STR_INIT("MA"), STR_INIT("US"),
      STR_INIT("United States"), 42.1015, -72.5898, 154341, STR_INIT("America/New_York")},
     NULL,
     NULL},
    {"|springfield|",
     {5, STR_INIT("Springfield"), STR_INIT("Illinois"), STR_INIT("IL"), STR_INIT("US"),
      STR_INIT("United States"), 39.8017, -89.6437, 116565, STR_INIT("America/Chicago")},
     NULL,
     NULL},
};

static const struct {
    const char *name;
    const char *country;
    const char *admin1;
} regions[] = {{"|india|", "IN", ""}, {"|missouri|", "US", "MO"}, {"|maharashtra|", "IN", "16"}};

#define WORLD_COUNT(list) (sizeof(list) / sizeof *(list))
#define WORLD_TOWNS_MAX   20

/* The towns there are: the few above, unless a conversation brings its own. */
static struct {
    const struct town *towns;
    size_t count;
} world_map = {towns, WORLD_COUNT(towns)};

static inline bool is_named(const char *names, struct str span, struct arena *arena)
{
    return strstr(names, arena_printf(arena, "|%.*s|", STR_ARG(span)).data) != NULL;
}

/* The towns with a name that sounds like one of the spans, as sql/queries/find_places_alike.sql finds them.
 */
static inline void world_look_up_alike(const struct place_query *query, struct findings *found,
                                       struct arena *arena)
{
    struct alike_query alike = place_alike(query, found, arena);
    for (size_t asked = 0; asked < alike.count; asked++) {
        for (size_t i = 0; i < world_map.count && found->place_count < PLACES_MAX; i++) {
            struct str names = str_from(world_map.towns[i].names);
            for (struct str name; str_cut(&names, '|', &name);) {
                struct str sound = place_sound(name, arena);
                if (sound.len > 0 && place_sound_slip_count(alike.sounds[asked], sound) >= 0)
                    found->places[found->place_count++] =
                        (struct place_found){world_map.towns[i].place, alike.spans[asked], sound};
            }
        }
    }
}

/* The regions in which a conversation's own towns lie. */
static inline void world_look_up_regions(struct str name, size_t span, struct findings *found,
                                         struct arena *arena)
{
    for (size_t i = 0; i < world_map.count && found->region_count < REGIONS_MAX; i++) {
        const struct town *town = &world_map.towns[i];
        bool is_state = town->in_admin1 && is_named(town->in_admin1, name, arena);
        bool is_country = town->in_country && is_named(town->in_country, name, arena);
        if (is_state || is_country)
            found->regions[found->region_count++] = (struct region_found){
                town->place.country, is_state ? town->place.admin1_code : (struct str){0}, span};
    }
}

/* What the gazetteer would say. */
static inline const struct findings *world_look_up(const struct place_query *query, struct arena *arena)
{
    struct findings *found = arena_new(arena, struct findings);
    for (size_t span = 0; span < query->count; span++) {
        for (size_t i = 0; i < world_map.count && found->place_count < PLACES_MAX; i++)
            if (is_named(world_map.towns[i].names, query->spans[span], arena))
                found->places[found->place_count++] =
                    (struct place_found){world_map.towns[i].place, span, {0}};
        for (size_t i = 0; i < WORLD_COUNT(regions) && found->region_count < REGIONS_MAX; i++)
            if (is_named(regions[i].name, query->spans[span], arena))
                found->regions[found->region_count++] =
                    (struct region_found){str_from(regions[i].country), str_from(regions[i].admin1), span};
        world_look_up_regions(query->spans[span], span, found, arena);
    }
    world_look_up_alike(query, found, arena);
    return found;
}

/* The town near a point, as sql/queries/find_place_near.sql finds it. */
static inline const struct findings *world_look_near(const struct location *point, struct arena *arena)
{
    struct findings *found = arena_new(arena, struct findings);
    for (size_t i = 0; i < world_map.count && found->place_count == 0; i++) {
        double north = world_map.towns[i].place.latitude - point->latitude;
        double east = world_map.towns[i].place.longitude - point->longitude;
        if (north * north + east * east < 0.25)
            found->places[found->place_count++] = (struct place_found){world_map.towns[i].place, 0, {0}};
    }
    return found;
}

/* A list of names between bars. */
static inline const char *world_names(const struct json *list, struct arena *arena)
{
    struct buf names = {.arena = arena};
    for (size_t i = 0; i < json_count(list); i++)
        buf_printf(&names, "|%.*s", STR_ARG(json_text(json_at(list, i))));
    buf_put_char(&names, '|');
    return arena_cstring(arena, buf_str(&names));
}

/* Adds a town as the simulator writes it into a saved conversation; the first takes the place of all that
 * there were. */
static inline bool world_add_town(struct str text, struct arena *arena)
{
    static struct town own[WORLD_TOWNS_MAX];
    const struct json *town = NULL;
    size_t count = world_map.towns == own ? world_map.count : 0;
    int64_t population = 0;
    if (count == WORLD_TOWNS_MAX || json_parse(arena, text, &town) != ERR_NONE)
        return false;
    struct place place = {
        .id = 1000 + (int64_t)count,
        .name = json_text(json_get(town, "name")),
        .admin1 = json_text(json_get(town, "admin1")),
        .admin1_code = json_text(json_get(town, "admin1_code")),
        .country = json_text(json_get(town, "country_code")),
        .country_name = json_text(json_get(town, "country")),
        .timezone = json_text(json_get(town, "timezone")),
    };
    if (!json_to_double(json_get(town, "latitude"), &place.latitude) ||
        !json_to_double(json_get(town, "longitude"), &place.longitude) ||
        !json_to_int64(json_get(town, "population"), &population))
        return false;
    place.population = population;
    own[count] = (struct town){world_names(json_get(town, "names"), arena), place,
                               world_names(json_get(town, "lies_in"), arena),
                               world_names(json_get(town, "in_country"), arena)};
    world_map.towns = own;
    world_map.count = count + 1;
    return true;
}

/* The shipped flows and words; a mistake in them ends the program. */
static inline const struct script *world_script(struct arena *arena)
{
    struct problems problems = {.arena = arena};
    const struct script *script =
        script_load(SOURCE_DIR "/config/flows", SOURCE_DIR "/config/lang", STR("en"), arena, &problems);
    if (script)
        return script;
    struct str text = problems_text(&problems, arena);
    fprintf(stderr, "%.*s\n", STR_ARG(text));
    exit(1);
}

/* One turn, with a second call when the first asks for places, or begins another session: as the gateway does
 * it. */
static inline struct outcome world_step(const struct script *script, const struct flow *flow,
                                        const struct session *now, const struct input *input,
                                        struct arena *arena)
{
    struct outcome out;
    talk_step(script, flow, now, input, arena, &out);
    struct input again = *input;
    if (out.wants_places) {
        again.findings = out.near ? world_look_near(out.near, arena) : world_look_up(out.places, arena);
        talk_step(script, flow, now, &again, arena, &out);
    }
    if (!out.begins)
        return out;
    struct session another = talk_another_session(flow, &out.next, out.begins, now->channel,
                                                  (struct uuid){{1}}, STR("another"), arena);
    again.findings = NULL;
    again.beginning = out.begins;
    talk_step(script, flow, &another, &again, arena, &out);
    return out;
}

#define OFFERS_MAX 40

/* A person in a conversation. */
struct person {
    struct arena arena;
    const struct script *script;
    const struct flow *flow;
    struct session session;
    struct outcome out;                 /* of the last turn */
    struct str shown;                   /* what was said in it, choices as numbered lines */
    struct outbound offers[OFFERS_MAX]; /* messages that had choices, oldest first */
    size_t offer_count;
    bool is_sms; /* the provider acts on STOP and START itself */
    bool is_opted_out;
    struct str door; /* by which they write; empty: the session's key opens it */
    int64_t now_ms;
    struct str region;         /* of their number; "?": nobody knows it */
    struct date today;         /* year 0: the world's usual day */
    struct str title;          /* who we are; empty: the world's usual name */
    const struct staff *staff; /* who may be asked for; NULL: nobody */
};

static inline struct str world_show(const struct outcome *out, struct arena *arena)
{
    struct buf text = {.arena = arena};
    for (size_t i = 0; i < out->say_count; i++) {
        buf_printf(&text, "%s%.*s", i ? "\n" : "", STR_ARG(out->says[i].text));
        for (size_t k = 0; k < out->says[i].choice_count; k++) {
            const struct choice *choice = &out->says[i].choices[k];
            buf_printf(&text, "\n%zu %.*s%s%.*s", k + 1, STR_ARG(choice->title),
                       choice->description.len ? " - " : "", STR_ARG(choice->description));
        }
    }
    return buf_str(&text);
}

static inline void person_does(struct person *person, struct input input)
{
    input.today = person->today.year ? person->today : (struct date){2026, 11, 26};
    input.is_region_guess = str_eq(person->region, STR("?"));
    input.region = input.is_region_guess ? (struct str){0} : person->region;
    input.has_provider_words = person->is_sms;
    input.title = person->title.len ? person->title : STR("Asha's Stars");
    input.staff = person->staff;
    input.is_opted_out = person->is_opted_out;
    input.now_ms = input.now_ms ? input.now_ms : person->now_ms;
    if (input.kind != INPUT_CHART && input.door.len == 0)
        input.door = person->door;
    input.can_remind = input.can_remind || (person->door.len && input.kind != INPUT_CHART);
    person->out = world_step(person->script, person->flow, &person->session, &input, &person->arena);
    person->session = person->out.next;
    person->is_opted_out = (person->is_opted_out || person->out.opts_out) && !person->out.opts_in;
    person->shown = world_show(&person->out, &person->arena);
    for (size_t i = 0; i < person->out.say_count; i++)
        if (person->out.says[i].choice_count && person->offer_count < OFFERS_MAX)
            person->offers[person->offer_count++] = person->out.says[i];
}

static inline void person_says(struct person *person, const char *text)
{
    person_does(person,
                (struct input){.kind = INPUT_WORDS, .text = arena_copy(&person->arena, str_from(text))});
}

static inline void person_taps(struct person *person, const char *id)
{
    person_does(person,
                (struct input){.kind = INPUT_CHOICE, .choice = arena_copy(&person->arena, str_from(id))});
}

static inline void person_fills(struct person *person, const char *json)
{
    const struct json *fields = NULL;
    if (json_parse(&person->arena, str_from(json), &fields) != ERR_NONE)
        abort();
    person_does(person, (struct input){.kind = INPUT_FIELDS, .fields = fields});
}

static inline void person_meets(struct person *person, const struct script *script, struct str flow,
                                enum channel_kind channel)
{
    world_map.towns = towns;
    world_map.count = WORLD_COUNT(towns);
    *person = (struct person){.script = script, .flow = flow_find(script->flows, flow)};
    if (!person->flow)
        abort();
    person->session =
        talk_new_session(person->flow, channel, STR("en"), (struct uuid){{0}}, STR("key"), &person->arena);
}

static inline void person_leaves(struct person *person)
{
    arena_free(&person->arena);
}
