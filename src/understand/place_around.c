/* Which of several places in one answer is meant? People say where a small one lies by naming a bigger one,
 * or its district's town: "Fatehpur, Barabanki district", "Jalalabad near Fazilka", "Whitefield, Bangalore".
 */

#include "understand/place_around.h"

#include "understand/place_regions.h"
#include "understand/place_sound.h"

#include <math.h>

#define DEGREES_RADIAN 57.29578
/* A district's villages lie about as far from its town. */
#define AROUND_DEGREES 0.7
/* A smaller town is known to nobody who isn't from there. */
#define KNOWN_PEOPLE   10000
#define CITY_PEOPLE    100000
#define SLIPS_MAX      1
/* Nobody says "near" of what is farther. */
#define FAR_DEGREES    2.0

struct several {
    const struct place_query *query;
    const struct findings *findings;
    struct arena *arena;
};

static bool is_exact(const struct place_found *found)
{
    return found->sound.len == 0;
}

/* "York" within "New York", "West" within "West Bengal": not what was said. */
static bool is_part_of_name(const struct several *several, size_t span)
{
    const struct findings *findings = several->findings;
    const struct str *spans = several->query->spans;
    for (size_t i = 0; i < findings->place_count; i++) {
        if (is_exact(&findings->places[i]) && span_contains(spans[findings->places[i].span], spans[span]))
            return true;
    }
    return span_is_part_of_region(several->query, findings, span);
}

static bool is_known(const struct several *several, size_t span)
{
    const struct findings *findings = several->findings;
    const struct str *spans = several->query->spans;
    for (size_t i = 0; i < findings->place_count; i++) {
        if (is_exact(&findings->places[i]) && spans_overlap(spans[findings->places[i].span], spans[span]))
            return true;
    }
    for (size_t i = 0; i < findings->region_count; i++) {
        if (spans_overlap(spans[findings->regions[i].span], spans[span]))
            return true;
    }
    return false;
}

static bool has_place(const struct several *several, size_t span)
{
    for (size_t i = 0; i < several->findings->place_count; i++) {
        if (several->findings->places[i].span == span && is_exact(&several->findings->places[i]))
            return true;
    }
    return false;
}

/* "Rampur district Jaunpur" names the district behind the word, "Jaunpur district, UP" the one before it. */
static bool is_district(const struct several *several, size_t span)
{
    const struct place_query *query = several->query;
    if (query->is_behind_district[span] || !query->is_before_district[span])
        return query->is_behind_district[span];
    for (size_t other = 0; other < query->certain; other++) {
        if (query->is_behind_district[other] && has_place(several, other))
            return false;
    }
    return true;
}

/* Was a word said that is of no place we know, as a village's name is, or that of a district? */
static bool has_unknown(const struct several *several, bool of_district)
{
    for (size_t span = 0; span < several->query->certain; span++) {
        if (is_district(several, span) == of_district && !is_known(several, span))
            return true;
    }
    return false;
}

/* ---- One lies by another ---- */

struct nearest {
    const struct place *place;
    int64_t anchor_people;
    double away;
};

/* Degrees of latitude; any large number where it is far. */
static double distance(const struct place *a, const struct place *b)
{
    double north = a->latitude - b->latitude;
    double east = (a->longitude - b->longitude) * cos(a->latitude / DEGREES_RADIAN);
    return hypot(north, east);
}

static bool is_biggest_of_name(const struct several *several, const struct place_found *found)
{
    for (size_t i = 0; i < several->findings->place_count; i++) {
        const struct place_found *other = &several->findings->places[i];
        if (other->span == found->span && is_exact(other) &&
            other->place.population > found->place.population &&
            place_fits(several->query, several->findings, &other->place, other->span))
            return false;
    }
    return true;
}

/* What is said to lie there may stand anywhere ("Sikar district's Fatehpur"); else the bigger one is named
 * last. */
static bool is_anchor(const struct several *several, const struct place_found *found, size_t name)
{
    const struct place_query *query = several->query;
    bool is_said_so = found->span >= query->nearby || is_district(several, found->span);
    if (!is_said_so && query->spans[found->span].data < query->spans[name].data)
        return false;
    bool is_renowned = found->place.population >= KNOWN_PEOPLE && is_biggest_of_name(several, found);
    return is_exact(found) && !spans_overlap(query->spans[found->span], query->spans[name]) &&
           (found->span < query->certain || found->span >= query->nearby) && (is_said_so || is_renowned) &&
           !is_part_of_name(several, found->span);
}

/* The one nearest to the biggest. */
static void try_anchors(const struct several *several, const struct place_found *named,
                        struct nearest *nearest)
{
    for (size_t i = 0; i < several->findings->place_count; i++) {
        const struct place_found *anchor = &several->findings->places[i];
        if (anchor->place.id == named->place.id || !is_anchor(several, anchor, named->span))
            continue;
        double away = distance(&named->place, &anchor->place);
        int64_t people = anchor->place.population;
        bool is_nearer =
            people > nearest->anchor_people || (people == nearest->anchor_people && away < nearest->away);
        if (away <= AROUND_DEGREES && (!nearest->place || is_nearer))
            *nearest = (struct nearest){&named->place, people, away};
    }
}

/* Spelt as it was said, or nearly. */
static bool is_like(const struct several *several, const struct place_found *found)
{
    if (is_exact(found))
        return true;
    struct str said = place_sound(several->query->spans[found->span], several->arena);
    int slips = place_sound_slip_count(said, found->sound);
    return slips >= 0 && slips <= SLIPS_MAX;
}

static const struct place *near_others(const struct several *several, size_t name, bool is_misspelt)
{
    const struct findings *findings = several->findings;
    struct nearest nearest = {0};
    if (is_part_of_name(several, name))
        return NULL;
    for (size_t i = 0; i < findings->place_count; i++) {
        const struct place_found *named = &findings->places[i];
        if (named->span == name && is_exact(named) != is_misspelt && is_like(several, named) &&
            place_fits(several->query, findings, &named->place, name))
            try_anchors(several, named, &nearest);
    }
    return nearest.place;
}

static const struct place *find(const struct several *several, bool of_district, bool is_misspelt)
{
    const struct place *place = NULL;
    for (size_t name = 0; !place && name < several->query->certain; name++) {
        if (is_district(several, name) == of_district)
            place = near_others(several, name, is_misspelt);
    }
    return place;
}

const struct place *around_find(const struct place_query *query, const struct findings *findings,
                                bool *is_guess, struct arena *arena)
{
    struct several several = {query, findings, arena};
    const struct place *place = find(&several, false, false);
    *is_guess = !place;
    if (!place)
        place = find(&several, false, true);
    if (place)
        return place;
    *is_guess = has_unknown(&several, false);
    place = find(&several, true, false);
    if (place)
        return place;
    *is_guess = true;
    return find(&several, true, true);
}

/* ---- What lies near by ---- */

const struct place *around_nearby(const struct place_query *query, const struct findings *findings)
{
    struct several several = {query, findings, NULL};
    const struct place *best = NULL;
    for (size_t i = 0; i < findings->place_count; i++) {
        const struct place_found *found = &findings->places[i];
        bool is_nearby = found->span >= query->nearby && is_exact(found) &&
                         found->place.population >= KNOWN_PEOPLE &&
                         place_fits(query, findings, &found->place, found->span) &&
                         !is_part_of_name(&several, found->span);
        if (is_nearby && (!best || found->place.population > best->population))
            best = &found->place;
    }
    return best;
}

bool around_is_far(const struct place *nearby, const struct understood *result,
                   const struct place *const places[VALUES_MAX])
{
    for (size_t i = 0; i < result->count; i++)
        if (distance(places[i], nearby) <= FAR_DEGREES)
            return false;
    return true;
}

/* ---- None does ---- */

/* The biggest place of another name: the district's, if one is named; else one behind the name. */
static const struct place_found *find_rival(const struct several *several, size_t name,
                                            const struct place *place)
{
    const struct place_query *query = several->query;
    const struct place_found *best = NULL;
    for (size_t i = 0; i < several->findings->place_count; i++) {
        const struct place_found *found = &several->findings->places[i];
        bool is_other = is_exact(found) && found->span < query->certain && found->place.id != place->id &&
                        !spans_overlap(query->spans[found->span], query->spans[name]) &&
                        !span_is_region(several->findings, found->span) &&
                        !is_part_of_name(several, found->span) &&
                        place_fits(query, several->findings, &found->place, found->span);
        bool is_behind = query->spans[found->span].data > query->spans[name].data;
        bool is_of_district = is_district(several, found->span);
        if (!is_other || !(is_behind || is_of_district || is_district(several, name)))
            continue;
        bool was_of_district = best && is_district(several, best->span);
        if (!best || is_of_district > was_of_district ||
            (is_of_district == was_of_district && found->place.population > best->place.population))
            best = found;
    }
    return best;
}

static void guess(struct understood *result, const struct place *place,
                  const struct place *places[VALUES_MAX])
{
    *result = (struct understood){.finding = FOUND, .count = 1, .is_guess = true};
    places[0] = place;
}

void around_doubt(const struct place_query *query, const struct findings *findings, size_t name,
                  struct understood *result, const struct place *places[VALUES_MAX], struct arena *arena)
{
    struct several several = {query, findings, arena};
    const struct place_found *rival = find_rival(&several, name, places[0]);
    bool is_of_district = is_district(&several, name);
    bool is_rival_district = rival && is_district(&several, rival->span);
    if (!rival || (is_of_district && !is_rival_district)) {
        bool lacks_village =
            is_of_district && (rival || has_unknown(&several, false) || has_unknown(&several, true));
        result->is_guess = result->finding == FOUND && lacks_village;
        if (!is_of_district && has_unknown(&several, true))
            result->finding = FOUND_SEVERAL;
        return;
    }
    bool is_city = places[0]->population >= CITY_PEOPLE;
    bool is_rival_city = rival->place.population >= CITY_PEOPLE;
    if ((is_rival_district && !is_of_district) || (is_rival_city && !is_city)) {
        guess(result, &rival->place, places);
    } else if (is_rival_city && result->finding == FOUND) {
        result->finding = FOUND_SEVERAL;
        places[result->count++] = &rival->place;
    }
}
