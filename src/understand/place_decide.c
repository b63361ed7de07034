/* Which of the places that bear the name is meant? The regions named beside it decide, then the number of
 * people: two and a half times the next one's is certain. */

#include "understand/place_alike.h"
#include "understand/place_around.h"
#include "understand/place_regions.h"

#include <math.h>

#define CANDIDATES_MAX   5
#define DOMINANCE_TENTHS 25
/* A name that is a state's or a country's too means the town only where that is a big one (Delhi, Singapore),
 * the namesake town of that very state (Zürich), or far from that state (Manchester is a parish of Jamaica
 * too). */
#define CITY_PEOPLE      500000
#define NAMESAKE_PEOPLE  100000
#define FOREIGN_PEOPLE   300000
/* A hamlet whose name is any word's ("Home") is asked about where no region stands beside it. */
#define HAMLET_PEOPLE    3000
#define NEAR_DEGREES     0.3

struct deciding {
    const struct place_query *query;
    const struct findings *findings;
    const struct place *fitting[PLACES_MAX];
    size_t count;
    size_t name;       /* the span whose places they are */
    size_t qualifiers; /* spans beside the name that name a region */
};

/* The gazetteer has some towns twice, a few kilometres apart; nobody could tell them apart in a question. */
static bool is_same_town(const struct place *a, const struct place *b)
{
    bool is_near =
        fabs(a->latitude - b->latitude) < NEAR_DEGREES && fabs(a->longitude - b->longitude) < NEAR_DEGREES;
    return a->id == b->id || (is_near && str_eq(a->name, b->name) && str_eq(a->country, b->country) &&
                              str_eq(a->admin1_code, b->admin1_code));
}

static bool is_listed(const struct deciding *deciding, const struct place *place)
{
    for (size_t i = 0; i < deciding->count; i++) {
        if (is_same_town(deciding->fitting[i], place))
            return true;
    }
    return false;
}

/* "Haan" is a yes before it is a town, unless its country is named too. */
static bool is_meant(const struct deciding *deciding, const struct place *place, size_t name, bool is_strict)
{
    return name < deciding->query->certain || (is_strict && deciding->qualifiers > 0) ||
           place->population >= FOREIGN_PEOPLE;
}

/* The places named by this span; with `is_strict` only those within the regions beside it. */
static void collect(struct deciding *deciding, size_t name, bool is_strict)
{
    deciding->count = 0;
    deciding->name = name;
    deciding->qualifiers = span_qualifiers(deciding->query, deciding->findings, name);
    for (size_t i = 0; i < deciding->findings->place_count; i++) {
        const struct place_found *found = &deciding->findings->places[i];
        if (found->span == name && found->sound.len == 0 && !is_listed(deciding, &found->place) &&
            (!is_strict || place_fits(deciding->query, deciding->findings, &found->place, name)) &&
            is_meant(deciding, &found->place, name, is_strict))
            deciding->fitting[deciding->count++] = &found->place;
    }
}

static bool is_before(const struct place *first, const struct place *second)
{
    return first->population != second->population ? first->population > second->population
                                                   : first->id < second->id;
}

static void sort_by_people(struct deciding *deciding)
{
    for (size_t i = 1; i < deciding->count; i++) {
        const struct place *place = deciding->fitting[i];
        size_t at = i;
        for (; at > 0 && is_before(place, deciding->fitting[at - 1]); at--)
            deciding->fitting[at] = deciding->fitting[at - 1];
        deciding->fitting[at] = place;
    }
}

/* Can the region of that span be meant as one beside those around it? A state goes with its country
 * ("California, USA"), not with another state. */
static bool goes_with_regions(const struct deciding *deciding, size_t name, const struct region_found *region)
{
    for (size_t i = 0; i < deciding->findings->region_count; i++) {
        const struct region_found *around = &deciding->findings->regions[i];
        bool are_states = around->admin1_code.len > 0 && region->admin1_code.len > 0;
        if (span_is_qualifier(deciding->query, deciding->findings, name, around->span) &&
            (are_states || !str_eq(around->country, region->country)))
            return false;
    }
    return true;
}

/* In Vatican City, Monaco and Gibraltar the town is the country. */
static bool is_city_state(const struct place *place, const struct region_found *country)
{
    bool is_in_no_state = place->admin1_code.len == 0 || str_eq(place->admin1_code, STR("00"));
    return country->admin1_code.len == 0 && str_eq(country->country, place->country) && is_in_no_state;
}

static bool is_city_for(const struct place *place, const struct region_found *region)
{
    if (is_city_state(place, region))
        return true;
    bool is_same_country = str_eq(region->country, place->country);
    bool is_namesake =
        is_same_country && region->admin1_code.len > 0 && str_eq(region->admin1_code, place->admin1_code);
    int64_t least = is_namesake ? NAMESAKE_PEOPLE : is_same_country ? CITY_PEOPLE : FOREIGN_PEOPLE;
    return place->population >= (region->admin1_code.len > 0 ? least : CITY_PEOPLE);
}

/* "Rajasthan" alone is the state, whatever hamlet shares its name. */
static bool is_only_region(const struct deciding *deciding, size_t name)
{
    for (size_t i = 0; i < deciding->findings->region_count; i++) {
        const struct region_found *region = &deciding->findings->regions[i];
        if (region->span != name || !goes_with_regions(deciding, name, region))
            continue;
        bool has_city = false;
        for (size_t j = 0; j < deciding->count; j++)
            has_city = has_city || is_city_for(deciding->fitting[j], region);
        if (!has_city)
            return true;
    }
    return false;
}

/* The span that names the place: the first that has one within the regions beside it, else the first. */
static bool choose_name(struct deciding *deciding, bool *is_doubtful)
{
    size_t none = deciding->query->nearby, first = none;
    for (size_t span = 0; span < none; span++) {
        if (span_is_part_of_region(deciding->query, deciding->findings, span))
            continue;
        collect(deciding, span, true);
        if (deciding->count > 0 && deciding->qualifiers > 0 && !is_only_region(deciding, span))
            return true;
        collect(deciding, span, false);
        if (first == none && deciding->count > 0 && !is_only_region(deciding, span))
            first = span;
    }
    if (first == none)
        return false;
    collect(deciding, first, false);
    *is_doubtful = deciding->qualifiers > 0 ||
                   (deciding->count == 1 && deciding->fitting[0]->population < HAMLET_PEOPLE);
    return true;
}

static struct understood nothing(enum reason reason)
{
    return (struct understood){.finding = FOUND_NOTHING, .reason = reason};
}

/* "OK" is Oklahoma only beside a town. */
static bool names_region(const struct place_query *query, const struct findings *findings)
{
    for (size_t i = 0; i < findings->region_count; i++) {
        if (findings->regions[i].span < query->certain)
            return true;
    }
    return false;
}

static struct understood decide_exact(const struct place_query *query, const struct findings *findings,
                                      const struct place *places[VALUES_MAX], bool *is_settled,
                                      struct arena *arena)
{
    struct deciding deciding = {.query = query, .findings = findings};
    bool is_doubtful = false, is_guess = false;
    places[0] = around_find(query, findings, &is_guess, arena);
    *is_settled = places[0];
    if (*is_settled)
        return (struct understood){.finding = FOUND, .count = 1, .is_guess = is_guess};
    if (!choose_name(&deciding, &is_doubtful))
        return nothing(names_region(query, findings) ? REASON_INCOMPLETE : REASON_NONE);
    sort_by_people(&deciding);
    bool is_dominant = deciding.count == 1 || deciding.fitting[0]->population * 10 >=
                                                  deciding.fitting[1]->population * DOMINANCE_TENTHS;
    struct understood result = {.finding = is_dominant && !is_doubtful ? FOUND : FOUND_SEVERAL};
    size_t most = result.finding == FOUND ? 1 : CANDIDATES_MAX;
    for (; result.count < deciding.count && result.count < most; result.count++)
        places[result.count] = deciding.fitting[result.count];
    around_doubt(query, findings, deciding.name, &result, places, arena);
    return result;
}

struct understood place_decide(const struct place_query *query, const struct findings *findings,
                               const struct place *places[VALUES_MAX], struct arena *arena)
{
    if (query->finding != FOUND)
        return (struct understood){.finding = query->finding, .reason = query->reason};
    bool is_settled;
    struct understood result = decide_exact(query, findings, places, &is_settled, arena);
    const struct place *nearby = around_nearby(query, findings);
    /* "My grandmother's village near Bareilly" sounds like some town far away, "Sultanpur near Nashik" is the
     * name of one. */
    bool is_elsewhere = nearby && around_is_far(nearby, &result, places);
    if (!is_settled && is_elsewhere) {
        result = (struct understood){.finding = FOUND, .count = 1, .is_guess = true};
        places[0] = nearby;
    } else if (!is_settled)
        alike_decide(query, findings, &result, places, arena);
    for (size_t i = 0; i < result.count; i++)
        result.values[i] =
            arena_printf(arena, "%.*s|%.*s", STR_ARG(places[i]->name), STR_ARG(places[i]->country));
    return result;
}
