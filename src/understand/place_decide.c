/* Which of the places that bear the name is meant? The regions named beside it decide, then the number of
 * people: two and a half times the next one's is certain. */

#include "understand/place.h"

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

struct deciding {
    const struct place_query *query;
    const struct findings *findings;
    const struct place *fitting[PLACES_MAX];
    size_t count;
    size_t qualifiers; /* spans beside the name that name a region */
};

/* Spans are slices of one text: do they share a byte? */
static bool overlaps(struct str a, struct str b)
{
    return a.data < b.data + b.len && b.data < a.data + a.len;
}

static bool is_region(const struct findings *findings, size_t span)
{
    for (size_t i = 0; i < findings->region_count; i++) {
        if (findings->regions[i].span == span)
            return true;
    }
    return false;
}

static bool lies_in(const struct place *place, const struct findings *findings, size_t span)
{
    for (size_t i = 0; i < findings->region_count; i++) {
        const struct region_found *region = &findings->regions[i];
        bool is_state = region->admin1_code.len == 0 || str_eq(region->admin1_code, place->admin1_code);
        if (region->span == span && is_state && str_eq(region->country, place->country))
            return true;
    }
    return false;
}

static bool is_qualifier(const struct deciding *deciding, size_t name, size_t span)
{
    const struct str *spans = deciding->query->spans;
    return span != name && !overlaps(spans[name], spans[span]) && is_region(deciding->findings, span);
}

static bool fits(const struct deciding *deciding, const struct place *place, size_t name)
{
    for (size_t span = 0; span < deciding->query->count; span++) {
        if (is_qualifier(deciding, name, span) && !lies_in(place, deciding->findings, span))
            return false;
    }
    return true;
}

static bool is_listed(const struct deciding *deciding, int64_t id)
{
    for (size_t i = 0; i < deciding->count; i++) {
        if (deciding->fitting[i]->id == id)
            return true;
    }
    return false;
}

/* The places named by this span; with `is_strict` only those within the regions beside it. */
static void collect(struct deciding *deciding, size_t name, bool is_strict)
{
    deciding->count = deciding->qualifiers = 0;
    for (size_t span = 0; span < deciding->query->count; span++)
        deciding->qualifiers += is_qualifier(deciding, name, span);
    for (size_t i = 0; i < deciding->findings->place_count; i++) {
        const struct place_found *found = &deciding->findings->places[i];
        if (found->span == name && !is_listed(deciding, found->place.id) &&
            (!is_strict || fits(deciding, &found->place, name)))
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
        if (is_qualifier(deciding, name, around->span) &&
            (are_states || !str_eq(around->country, region->country)))
            return false;
    }
    return true;
}

static bool is_city_for(const struct place *place, const struct region_found *region)
{
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
    size_t first = deciding->query->count;
    for (size_t span = 0; span < deciding->query->count; span++) {
        collect(deciding, span, true);
        if (deciding->count > 0 && deciding->qualifiers > 0 && !is_only_region(deciding, span))
            return true;
        collect(deciding, span, false);
        if (first == deciding->query->count && deciding->count > 0 && !is_only_region(deciding, span))
            first = span;
    }
    if (first == deciding->query->count)
        return false;
    collect(deciding, first, false);
    *is_doubtful = deciding->qualifiers > 0 ||
                   (deciding->count == 1 && deciding->fitting[0]->population < HAMLET_PEOPLE);
    return true;
}

struct understood place_decide(const struct place_query *query, const struct findings *findings,
                               const struct place *places[VALUES_MAX], struct arena *arena)
{
    struct deciding deciding = {.query = query, .findings = findings};
    bool is_doubtful = false;
    if (query->finding != FOUND)
        return (struct understood){.finding = query->finding, .reason = query->reason};
    if (!choose_name(&deciding, &is_doubtful)) {
        struct understood nothing = {.finding = FOUND_NOTHING, .reason = REASON_NONE};
        nothing.reason = findings->region_count > 0 ? REASON_INCOMPLETE : REASON_NONE;
        return nothing;
    }
    sort_by_people(&deciding);
    bool is_dominant = deciding.count == 1 || deciding.fitting[0]->population * 10 >=
                                                  deciding.fitting[1]->population * DOMINANCE_TENTHS;
    struct understood result = {.finding = is_dominant && !is_doubtful ? FOUND : FOUND_SEVERAL};
    size_t most = result.finding == FOUND ? 1 : CANDIDATES_MAX;
    for (size_t i = 0; i < deciding.count && i < most; i++) {
        places[i] = deciding.fitting[i];
        result.values[i] =
            arena_printf(arena, "%.*s|%.*s", STR_ARG(places[i]->name), STR_ARG(places[i]->country));
        result.count++;
    }
    return result;
}
