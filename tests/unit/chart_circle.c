/* Signs, nakshatras, houses, periods and aspects: the arithmetic on the circle. */

#include "chart/aspects.h"
#include "chart/dasha.h"
#include "tests/unit/checking.h"

#include <math.h>
#include <stdlib.h>

/* 0.004 arc-seconds. */
#define SPECK 1e-6

static void signs_begin_where_the_last_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        assert_int_equal(sign_of(i * 30.0), i + 1);
        assert_int_equal(sign_of(i * 30.0 - SPECK), (i + 11) % 12 + 1);
    }
    assert_int_equal(sign_of(360.0), 1);
    assert_int_equal(sign_of(-1e-17), 1);
    assert_true(degree_in_sign(359.999999) < 30.0);
    assert_true(degree_in_sign(-1e-17) < 30.0);
    assert_text(sign_key(1), "aries");
    assert_text(sign_key(12), "pisces");
}

static void every_quarter_of_a_nakshatra_has_its_borders(void **state)
{
    (void)state;
    for (int quarter = 0; quarter < 108; quarter++) {
        double border = quarter * 10.0 / 3.0;
        struct nakshatra after = nakshatra_of(border + SPECK);
        struct nakshatra before = nakshatra_of(border - SPECK);
        int last = (quarter + 107) % 108;
        assert_int_equal(after.number, quarter / 4 + 1);
        assert_int_equal(after.pada, quarter % 4 + 1);
        assert_int_equal(before.number, last / 4 + 1);
        assert_int_equal(before.pada, last % 4 + 1);
    }
    assert_text(nakshatra_key(1), "ashwini");
    assert_text(nakshatra_key(14), "chitra");
    assert_text(nakshatra_key(27), "revati");
}

static void whole_sign_houses_count_from_the_rising_sign(void **state)
{
    (void)state;
    assert_int_equal(house_by_sign(29.9, 0.1), 1);
    assert_int_equal(house_by_sign(30.0, 29.9), 2);
    assert_int_equal(house_by_sign(5.0, 355.0), 2);
    assert_int_equal(house_by_sign(355.0, 5.0), 12);
}

static void cusps_divide_the_circle(void **state)
{
    (void)state;
    /* Unequal, and across 360. */
    const double cusps[12] = {340, 15, 50, 80, 105, 130, 160, 195, 230, 260, 285, 310};
    assert_int_equal(house_by_cusps(340.0, cusps), 1);
    assert_int_equal(house_by_cusps(0.0, cusps), 1);
    assert_int_equal(house_by_cusps(14.9, cusps), 1);
    assert_int_equal(house_by_cusps(15.0, cusps), 2);
    assert_int_equal(house_by_cusps(339.9, cusps), 12);
    assert_int_equal(house_by_cusps(310.0, cusps), 12);
    assert_int_equal(house_by_cusps(309.9, cusps), 11);
}

static void periods_join_and_last_120_years(void **state)
{
    static const int years[BODY_COUNT] = {
        [BODY_KETU] = 7,  [BODY_VENUS] = 20,   [BODY_SUN] = 6,     [BODY_MOON] = 10,    [BODY_MARS] = 7,
        [BODY_RAHU] = 18, [BODY_JUPITER] = 16, [BODY_SATURN] = 19, [BODY_MERCURY] = 17,
    };
    (void)state;
    for (int degree = 0; degree < 360; degree++) {
        int64_t birth_s = 650000000;
        struct dasha_cycle cycle = dasha_cycle(degree + 0.25, birth_s, birth_s + 40 * DASHA_YEAR_S);
        assert_true(cycle.maha[0].begins_s <= birth_s && cycle.maha[0].ends_s > birth_s);
        assert_int_equal(cycle.maha[8].ends_s - cycle.maha[0].begins_s, 120 * DASHA_YEAR_S);
        assert_true(cycle.has_current);
        const struct dasha *maha = &cycle.maha[cycle.current];
        assert_int_equal(cycle.antar[0].lord, maha->lord);
        assert_int_equal(cycle.antar[0].begins_s, maha->begins_s);
        assert_int_equal(cycle.antar[8].ends_s, maha->ends_s);
        for (size_t i = 0; i < DASHA_COUNT; i++) {
            assert_int_equal(cycle.maha[i].ends_s - cycle.maha[i].begins_s,
                             years[cycle.maha[i].lord] * DASHA_YEAR_S);
            if (i > 0) {
                assert_int_equal(cycle.maha[i].begins_s, cycle.maha[i - 1].ends_s);
                assert_int_equal(cycle.antar[i].begins_s, cycle.antar[i - 1].ends_s);
            }
        }
    }
}

static void the_first_period_is_what_the_moon_has_left(void **state)
{
    (void)state;
    /* Ashwini begins at 0 and is Ketu's, 7 years: in its middle 3.5 are over. */
    struct dasha_cycle ketu = dasha_cycle(20.0 / 3.0, 0, 0);
    assert_int_equal(ketu.maha[0].lord, BODY_KETU);
    assert_true(llabs((long long)(ketu.maha[0].ends_s - 7 * DASHA_YEAR_S / 2)) <= 1);
    assert_int_equal(ketu.maha[1].lord, BODY_VENUS);
    /* Rohini (4) is the Moon's; Revati (27) Mercury's. */
    assert_int_equal(dasha_cycle(46.5527763, 0, 0).maha[0].lord, BODY_MOON);
    assert_int_equal(dasha_cycle(359.9, 0, 0).maha[0].lord, BODY_MERCURY);
    assert_int_equal(dasha_cycle(359.9, 0, 0).maha[1].lord, BODY_KETU);
}

static void after_120_years_no_period_is_current(void **state)
{
    (void)state;
    assert_false(dasha_cycle(100.0, 0, 120 * DASHA_YEAR_S).has_current);
    assert_true(dasha_cycle(100.0, 0, 0).has_current);
}

static size_t aspects_of_two(double sun, double sun_speed, double mars, double mars_speed, struct aspect *out)
{
    double longitudes[BODY_COUNT] = {0};
    double speeds[BODY_COUNT] = {0};
    struct aspect found[ASPECTS_MAX];
    *out = (struct aspect){0};
    longitudes[BODY_SUN] = sun;
    longitudes[BODY_MARS] = mars;
    speeds[BODY_SUN] = sun_speed;
    speeds[BODY_MARS] = mars_speed;
    size_t count = aspects_find(longitudes, speeds, false, found);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (found[i].first == BODY_SUN && found[i].second == BODY_MARS) {
            *out = found[i];
            kept++;
        }
    }
    return kept;
}

static void aspects_have_their_orbs(void **state)
{
    static const double widest_orbs[ASPECT_COUNT] = {
        [ASPECT_CONJUNCTION] = 8.0, [ASPECT_SEXTILE] = 6.0,    [ASPECT_SQUARE] = 7.0,
        [ASPECT_TRINE] = 8.0,       [ASPECT_OPPOSITION] = 8.0,
    };
    (void)state;
    for (enum aspect_kind kind = 0; kind < ASPECT_COUNT; kind++) {
        double angle = aspect_angle(kind);
        double widest = widest_orbs[kind];
        struct aspect aspect;
        assert_int_equal(aspects_of_two(350.0, 1.0, 350.0 + angle, 0.5, &aspect), 1);
        assert_int_equal(aspect.kind, kind);
        assert_true(aspect.orb < SPECK);
        assert_int_equal(aspects_of_two(10.0, 1.0, 10.0 - angle - widest + 0.01, 0.5, &aspect), 1);
        assert_int_equal(aspect.kind, kind);
        if (kind != ASPECT_OPPOSITION)
            assert_int_equal(aspects_of_two(10.0, 1.0, 10.0 + angle + widest + 0.01, 0.5, &aspect), 0);
    }
    assert_text(aspect_key(ASPECT_TRINE), "trine");
}

static void an_aspect_applies_while_its_orb_shrinks(void **state)
{
    (void)state;
    struct aspect aspect;
    assert_int_equal(aspects_of_two(358.0, 1.0, 2.0, 0.5, &aspect), 1);
    assert_true(aspect.is_applying);
    assert_true(fabs(aspect.orb - 4.0) < SPECK);
    assert_int_equal(aspects_of_two(2.0, 1.0, 358.0, 0.5, &aspect), 1);
    assert_false(aspect.is_applying);
    assert_int_equal(aspects_of_two(2.0, 1.0, 358.0, 1.5, &aspect), 1);
    assert_true(aspect.is_applying);
}

static void the_nodes_and_an_uncertain_moon_make_no_aspects(void **state)
{
    (void)state;
    const double longitudes[BODY_COUNT] = {0};
    const double speeds[BODY_COUNT] = {0};
    struct aspect found[ASPECTS_MAX];
    assert_int_equal(aspects_find(longitudes, speeds, true, found), ASPECTS_MAX);
    size_t count = aspects_find(longitudes, speeds, false, found);
    assert_int_equal(count, 36);
    for (size_t i = 0; i < count; i++) {
        assert_true(found[i].first != BODY_MOON && found[i].second != BODY_MOON);
        assert_true(found[i].first != BODY_RAHU && found[i].second != BODY_KETU);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_begin_where_the_last_ends),
        cmocka_unit_test(every_quarter_of_a_nakshatra_has_its_borders),
        cmocka_unit_test(whole_sign_houses_count_from_the_rising_sign),
        cmocka_unit_test(cusps_divide_the_circle),
        cmocka_unit_test(periods_join_and_last_120_years),
        cmocka_unit_test(the_first_period_is_what_the_moon_has_left),
        cmocka_unit_test(after_120_years_no_period_is_current),
        cmocka_unit_test(aspects_have_their_orbs),
        cmocka_unit_test(an_aspect_applies_while_its_orb_shrinks),
        cmocka_unit_test(the_nodes_and_an_uncertain_moon_make_no_aspects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
