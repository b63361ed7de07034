/* Which words may name the place, and which of several places of a name is meant. */

#include "tests/unit/checking.h"
#include "understand/place.h"
#include "understand/place_sound.h"

#include <stdio.h>

static struct arena arena;
static const struct lexicon *lexicon;

static struct place_query query_of(const char *text)
{
    struct utterance said = {.text = str_from(text), .language = STR_INIT("en"), .today = {2026, 11, 22}};
    return understand_place(lexicon, &said, &arena);
}

/* Among those that may name the place. */
static size_t span_of(const struct place_query *query, const char *span)
{
    for (size_t i = 0; i < query->nearby; i++) {
        if (str_eq(query->spans[i], str_from(span)))
            return i;
    }
    return STR_NONE;
}

static void the_place_is_a_span_and_what_stands_beside_it_is_not(void **state)
{
    (void)state;
    static const struct {
        const char *text, *is_span, *is_none;
    } cases[] = {
        {"Pune", "pune", "mumbai"},
        {"I was born in Pune near Mumbai", "pune", "mumbai"},
        {"Lilavati Hospital, Mumbai", "mumbai", "lilavati"},
        {"a small town called Lonavla", "lonavla", "small"},
        {"Nagpur Maharashtra India", "nagpur", "x"},
        {"New York", "new york", "x"},
        {"मेरा जन्म जयपुर में हुआ था", "जयपुर", "जन्म"},
        {"mera janam Pune mein hua", "pune", "janam"},
        {"main kanpur se hu", "kanpur", "main"},
        {"Pune ke paas Lonavla", "lonavla", "pune"},
        {"not Mumbai, Pune", "pune", "mumbai"},
        {"Indore but now living in Delhi", "indore", "delhi"},
        {"Stoke on Trent", "stoke on trent", "x"},
        {"St. Louis", "st. louis", "x"},
        {"São Paulo", "sao paulo", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place_query query = query_of(cases[i].text);
        assert_int_equal(query.finding, FOUND);
        if (span_of(&query, cases[i].is_span) == STR_NONE || span_of(&query, cases[i].is_none) != STR_NONE)
            fail_msg("\"%s\"", cases[i].text);
    }
    assert_int_equal(query_of("i don't want to tell you").finding, FOUND_NOTHING);
    assert_int_equal(query_of("12345").finding, FOUND_NOTHING);
    assert_int_equal(query_of("pata nahi").finding, FOUND_UNKNOWN);
}

static void add_place(struct findings *findings, size_t span, int64_t id, const char *name,
                      const char *admin1, const char *country, int64_t population)
{
    findings->places[findings->place_count++] =
        (struct place_found){.span = span,
                             .place = {.id = id,
                                       .name = str_from(name),
                                       .admin1_code = str_from(admin1),
                                       .country = str_from(country),
                                       .population = population}};
}

static void add_region(struct findings *findings, size_t span, const char *country, const char *admin1)
{
    findings->regions[findings->region_count++] =
        (struct region_found){.country = str_from(country), .admin1_code = str_from(admin1), .span = span};
}

static const struct place *places[VALUES_MAX];

static void the_far_bigger_place_of_a_name_is_meant(void **state)
{
    (void)state;
    struct place_query query = query_of("Paris");
    struct findings findings = {0};
    add_place(&findings, 0, 1, "Paris", "TX", "US", 25000);
    add_place(&findings, 0, 2, "Paris", "11", "FR", 2100000);
    struct understood result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND);
    assert_string_equal(places[0]->country.data, "FR");
    findings.places[0].place.population = 900000;
    result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND_SEVERAL);
    assert_int_equal(result.count, 2);
    assert_string_equal(places[0]->country.data, "FR");
}

static void a_region_beside_the_name_decides(void **state)
{
    (void)state;
    struct place_query query = query_of("Paris, Texas");
    size_t paris = span_of(&query, "paris"), texas = span_of(&query, "texas");
    struct findings findings = {0};
    add_place(&findings, paris, 1, "Paris", "TX", "US", 25000);
    add_place(&findings, paris, 2, "Paris", "11", "FR", 2100000);
    add_region(&findings, texas, "US", "TX");
    struct understood result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND);
    assert_int_equal(places[0]->id, 1);
    findings.regions[0].admin1_code = STR("CA"); /* no Paris there: ask */
    assert_int_equal(place_decide(&query, &findings, places, &arena).finding, FOUND_SEVERAL);
}

static void a_state_or_country_alone_is_incomplete(void **state)
{
    (void)state;
    struct place_query query = query_of("Rajasthan");
    struct findings findings = {0};
    add_region(&findings, 0, "IN", "24");
    assert_int_equal(place_decide(&query, &findings, places, &arena).reason, REASON_INCOMPLETE);
    add_place(&findings, 0, 9, "Rajasthan", "07", "IN", 1200); /* a hamlet of that name */
    assert_int_equal(place_decide(&query, &findings, places, &arena).reason, REASON_INCOMPLETE);
    findings.places[0].place.population = 12000000; /* Delhi is a state and a city */
    assert_int_equal(place_decide(&query, &findings, places, &arena).finding, FOUND);
}

static void yes_is_no_town_unless_its_country_stands_beside_it(void **state)
{
    (void)state;
    struct place_query query = query_of("haan");
    struct findings findings = {0};
    assert_int_equal(query.certain, 0);
    add_place(&findings, 0, 1, "Haan", "07", "DE", 29000);
    assert_int_equal(place_decide(&query, &findings, places, &arena).finding, FOUND_NOTHING);

    query = query_of("Haan, Germany");
    findings.places[0].span = span_of(&query, "haan");
    add_region(&findings, span_of(&query, "germany"), "DE", "");
    assert_int_equal(place_decide(&query, &findings, places, &arena).finding, FOUND);

    query = query_of("haan, Pune");
    findings = (struct findings){0};
    add_place(&findings, span_of(&query, "haan"), 1, "Haan", "07", "DE", 29000);
    add_place(&findings, span_of(&query, "pune"), 2, "Pune", "16", "IN", 2900000);
    assert_int_equal(place_decide(&query, &findings, places, &arena).finding, FOUND);
    assert_int_equal(places[0]->id, 2);
}

static void a_region_within_a_region_says_nothing(void **state)
{
    (void)state;
    struct place_query query = query_of("Edison, New Jersey");
    struct findings findings = {0};
    add_place(&findings, span_of(&query, "edison"), 1, "Edison", "NJ", "US", 100000);
    add_region(&findings, span_of(&query, "new jersey"), "US", "NJ");
    add_region(&findings, span_of(&query, "jersey"), "JE", "");
    assert_int_equal(place_decide(&query, &findings, places, &arena).finding, FOUND);
}

static void names_are_compared_by_their_sound(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int slips;
    } cases[] = {
        {"jaipurr", "jaipur", 0},      {"जबलपुर", "jabalpur", 0},         {"सासाराम", "sasaram", 0},
        {"मुंबई", "mumbai", 0},          {"karim nagar", "karimnagar", 0}, {"bangaluru", "bengaluru", 1},
        {"new dehli", "new delhi", 1}, {"coimbtore", "coimbatore", 1},   {"pune", "agra", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str a = place_sound(str_from(cases[i].a), &arena),
                   b = place_sound(str_from(cases[i].b), &arena);
        if (a.len == 0 || place_sound_slip_count(a, b) != cases[i].slips)
            fail_msg("%s is %.*s, %s is %.*s", cases[i].a, STR_ARG(a), cases[i].b, STR_ARG(b));
    }
    assert_int_equal(place_sound(STR("москва"), &arena).len, 0);
    assert_int_equal(place_sound(STR("12"), &arena).len, 0);
    assert_int_equal(place_sound(STR("a"), &arena).len, 0);
}

static bool has_slip(struct str slips, const char *wanted)
{
    for (struct str slip; str_cut(&slips, ' ', &slip);)
        if (str_eq(slip, str_from(wanted)))
            return true;
    return false;
}

static void every_single_slip_is_among_the_slips(void **state)
{
    (void)state;
    struct str slips = place_sound_slips(STR("delhi"), &arena);
    static const char *const wanted[] = {"delhi", "dehli", "dlhi", "deli", "dalhi", "deldi", "elhi", "edlhi"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!has_slip(slips, wanted[i]))
            fail_msg("%s", wanted[i]);
    assert_false(has_slip(slips, "mumbai"));
}

static void add_alike(struct findings *findings, size_t span, int64_t id, const char *name,
                      const char *admin1, int64_t population, const char *sound)
{
    add_place(findings, span, id, name, admin1, "IN", population);
    findings->places[findings->place_count - 1].sound = str_from(sound);
}

static void a_misspelt_name_is_a_guess_and_two_near_ones_are_asked_about(void **state)
{
    (void)state;
    struct place_query query = query_of("Jaipurr");
    struct findings findings = {0};
    assert_int_equal(place_alike(&query, &findings, &arena).count, 1);
    add_alike(&findings, 0, 1, "Jaipur", "24", 2700000, "jaipur");
    add_alike(&findings, 0, 2, "Jajpur", "21", 30000, "jajpur");
    struct understood result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND);
    assert_true(result.is_guess);
    assert_string_equal(result.values[0].data, "Jaipur|IN");
    assert_int_equal(places[0]->id, 1);

    query = query_of("Sahranpur");
    findings = (struct findings){0};
    add_alike(&findings, 0, 1, "Saharanpur", "36", 480000, "saharanpur");
    add_alike(&findings, 0, 2, "Shahjahanpur", "36", 320000, "sahjanpur");
    result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND_SEVERAL);
    assert_int_equal(result.count, 2);
    assert_int_equal(places[0]->id, 1);
}

static void a_part_of_a_misspelt_name_does_not_win_over_the_whole(void **state)
{
    (void)state;
    struct place_query query = query_of("San Fransisco");
    struct findings findings = {0};
    add_place(&findings, span_of(&query, "san"), 1, "San", "04", "ML", 24000);
    struct alike_query alike = place_alike(&query, &findings, &arena);
    assert_int_equal(alike.count, 1);
    assert_int_equal(alike.spans[0], span_of(&query, "san fransisco"));
    add_alike(&findings, alike.spans[0], 2, "San Francisco", "CA", 860000, "sanfrancisco");
    assert_int_equal(place_decide(&query, &findings, places, &arena).count, 1);
    assert_int_equal(places[0]->id, 2);
}

static void a_city_found_by_its_letters_needs_no_sounds(void **state)
{
    (void)state;
    struct place_query query = query_of("Pune");
    struct findings findings = {0};
    add_place(&findings, 0, 1, "Pune", "16", "IN", 2900000);
    assert_int_equal(place_alike(&query, &findings, &arena).count, 0);
}

static void lay(struct findings *findings, double latitude, double longitude)
{
    struct place *last = &findings->places[findings->place_count - 1].place;
    last->latitude = latitude;
    last->longitude = longitude;
}

/* Rampur is a city far away; a smaller one lies in the hills near Shimla. */
static struct findings find_rampurs(const struct place_query *query, const char *around)
{
    struct findings findings = {0};
    add_place(&findings, span_of(query, "rampur"), 1, "Rampur", "36", "IN", 296000);
    lay(&findings, 28.8, 79.0);
    add_place(&findings, span_of(query, "rampur"), 2, "Rampur", "11", "IN", 5600);
    lay(&findings, 31.4, 77.6);
    size_t at = 0;
    while (at < query->count && !str_eq(query->spans[at], str_from(around)))
        at++;
    add_place(&findings, at, 3, around, "", "IN", 170000);
    lay(&findings, str_eq(str_from(around), STR("shimla")) ? 31.1 : 25.8,
        str_eq(str_from(around), STR("shimla")) ? 77.2 : 82.7);
    return findings;
}

static void a_place_lies_by_the_one_that_is_named_with_it(void **state)
{
    (void)state;
    static const char *const texts[] = {"Rampur, Shimla", "Rampur in Shimla district", "Rampur near Shimla",
                                        "Shimla jile ke Rampur mein", "village Rampur, dist. Shimla"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct place_query query = query_of(texts[i]);
        struct findings findings = find_rampurs(&query, "shimla");
        struct understood result = place_decide(&query, &findings, places, &arena);
        if (result.finding != FOUND || result.is_guess || places[0]->id != 2)
            fail_msg("\"%s\": %d", texts[i], (int)places[0]->id);
    }
}

static void a_village_that_nobody_knows_is_a_guess_at_its_districts_town(void **state)
{
    (void)state;
    static const char *const texts[] = {"Rampur district Jaunpur", "gaon rampur jila jaunpur",
                                        "Rampur village, Jaunpur district", "Jaunpur jile ka Rampur"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct place_query query = query_of(texts[i]);
        struct findings findings = find_rampurs(&query, "jaunpur");
        struct understood result = place_decide(&query, &findings, places, &arena);
        if (result.finding != FOUND || !result.is_guess || places[0]->id != 3)
            fail_msg("\"%s\": %d", texts[i], (int)places[0]->id);
    }
}

static void two_big_towns_far_from_each_other_are_asked_about(void **state)
{
    (void)state;
    struct place_query query = query_of("Rampur, Jaunpur");
    struct findings findings = find_rampurs(&query, "jaunpur");
    struct understood result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND_SEVERAL);
    assert_int_equal(result.count, 2);
    findings.places[0].place.population = 900; /* a hamlet abroad that is called like a quarter of the town */
    result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND);
    assert_int_equal(places[0]->id, 3);
    assert_true(result.is_guess);
}

static void a_town_alone_with_the_word_district_is_certain(void **state)
{
    (void)state;
    struct place_query query = query_of("Jaunpur district, UP");
    struct findings findings = {0};
    add_place(&findings, span_of(&query, "jaunpur"), 3, "Jaunpur", "36", "IN", 170000);
    add_region(&findings, span_of(&query, "up"), "IN", "36");
    struct understood result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND);
    assert_false(result.is_guess);
}

static void a_doubt_with_a_town_behind_it_names_the_town(void **state)
{
    (void)state;
    assert_int_equal(query_of("not sure, maybe Patna").finding, FOUND);
    assert_int_equal(query_of("maloom nahi shayad patna").finding, FOUND);
    assert_int_equal(query_of("not sure").finding, FOUND_UNKNOWN);
    assert_int_equal(query_of("don't know exactly").finding, FOUND_UNKNOWN);
}

static void nothing_found_is_nothing(void **state)
{
    (void)state;
    struct place_query query = query_of("Xyzzy");
    struct findings findings = {0};
    struct understood result = place_decide(&query, &findings, places, &arena);
    assert_int_equal(result.finding, FOUND_NOTHING);
    assert_int_equal(result.reason, REASON_NONE);
}

int main(void)
{
    struct problems problems = {.arena = &arena};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &arena, &problems);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_place_is_a_span_and_what_stands_beside_it_is_not),
        cmocka_unit_test(the_far_bigger_place_of_a_name_is_meant),
        cmocka_unit_test(a_region_beside_the_name_decides),
        cmocka_unit_test(a_state_or_country_alone_is_incomplete),
        cmocka_unit_test(yes_is_no_town_unless_its_country_stands_beside_it),
        cmocka_unit_test(a_region_within_a_region_says_nothing),
        cmocka_unit_test(names_are_compared_by_their_sound),
        cmocka_unit_test(every_single_slip_is_among_the_slips),
        cmocka_unit_test(a_misspelt_name_is_a_guess_and_two_near_ones_are_asked_about),
        cmocka_unit_test(a_part_of_a_misspelt_name_does_not_win_over_the_whole),
        cmocka_unit_test(a_city_found_by_its_letters_needs_no_sounds),
        cmocka_unit_test(a_place_lies_by_the_one_that_is_named_with_it),
        cmocka_unit_test(a_village_that_nobody_knows_is_a_guess_at_its_districts_town),
        cmocka_unit_test(two_big_towns_far_from_each_other_are_asked_about),
        cmocka_unit_test(a_town_alone_with_the_word_district_is_certain),
        cmocka_unit_test(a_doubt_with_a_town_behind_it_names_the_town),
        cmocka_unit_test(nothing_found_is_nothing),
    };
    int failed = lexicon ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    arena_free(&arena);
    return failed;
}
