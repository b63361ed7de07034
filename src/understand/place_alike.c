/* Which place was meant by a name that is misspelt? Fewer slips count, more people count, and lying in the
 * region beside the name or in the person's own country does. */

#include "understand/place_alike.h"

#include "understand/place_around.h"
#include "understand/place_regions.h"
#include "understand/place_sound.h"

#define CANDIDATES_MAX    5
/* Found by its letters, but smaller than this: perhaps a part of a longer name is misspelt ("San Fransisco").
 */
#define CITY_PEOPLE       100000
#define HAMLET_PEOPLE     3000
/* A short or far-off name is taken for a big place's only: any word is like some hamlet's. */
#define SHORT_SOUND       4
/* As a part of a longer name that is looked up too, a short one is like too many. */
#define PART_SOUND        5
#define FAR_SLIPS         2
#define FAR_SLIP_PEOPLE   15000
#define LEAST_PEOPLE      1000
/* Points: one for each doubling of the people. */
#define SLIP_POINTS       8
#define FIRST_SLIP_POINTS 3
#define REGION_POINTS     14
#define HOME_POINTS       3
#define CLEAR_POINTS      2
#define CLOSE_SLIPS       1

struct alike {
    const struct place_found *found;
    int slips;
    int points;
    bool fits; /* in the regions beside the name, if any are */
};

struct listing {
    const struct place_query *query;
    const struct findings *findings;
    struct alike all[PLACES_MAX]; /* the likeliest first, each place once */
    size_t count;
};

/* ---- What to look up ---- */

static size_t span_of(const struct findings *findings, const struct place *place)
{
    size_t span = 0;
    for (size_t i = 0; i < findings->place_count; i++) {
        if (&findings->places[i].place == place)
            span = findings->places[i].span;
    }
    return span;
}

static bool touches_region(const struct place_query *query, const struct findings *findings, size_t span)
{
    for (size_t i = 0; i < findings->region_count; i++) {
        if (spans_overlap(query->spans[findings->regions[i].span], query->spans[span]))
            return true;
    }
    return false;
}

static bool touches_place(const struct place_query *query, const struct findings *findings, size_t span)
{
    for (size_t i = 0; i < findings->place_count; i++) {
        if (spans_overlap(query->spans[findings->places[i].span], query->spans[span]))
            return true;
    }
    return false;
}

/* Is the span worth a search, with a place (NULL: none) found by its letters? `is_guess`: it is the
 * district's town, because the village isn't known as it is spelt. */
static bool is_open(const struct place_query *query, const struct findings *exact, size_t span,
                    const struct place *place, bool is_guess)
{
    if (touches_region(query, exact, span))
        return false;
    if (!place)
        return true;
    if (is_guess)
        return !touches_place(query, exact, span);
    size_t name = span_of(exact, place);
    return span_contains(query->spans[span], query->spans[name]) ||
           (span == name && place->population < HAMLET_PEOPLE);
}

struct alike_query place_alike(const struct place_query *query, const struct findings *exact,
                               struct arena *arena)
{
    struct alike_query alike = {.count = 0};
    const struct place *places[VALUES_MAX] = {NULL};
    struct understood found = place_decide(query, exact, places, arena);
    bool is_guess;
    if (query->finding != FOUND || query->is_talk ||
        (around_find(query, exact, &is_guess, arena) && !is_guess) ||
        (found.count > 0 && places[0]->population >= CITY_PEOPLE && !found.is_guess))
        return alike;
    for (size_t span = 0; span < query->certain && alike.count < ALIKE_SPANS_MAX; span++) {
        if (!is_open(query, exact, span, places[0], found.is_guess))
            continue;
        struct str sound = place_sound(query->spans[span], arena);
        if (sound.len < SHORT_SOUND || (sound.len <= PART_SOUND && alike.count > 0))
            continue;
        alike.spans[alike.count] = span;
        alike.sounds[alike.count] = sound;
        alike.slips[alike.count++] = place_sound_slips(sound, arena);
    }
    return alike;
}

/* ---- Which it is ---- */

static int doublings(int64_t number)
{
    int count = 0;
    for (; number > 1; number /= 2)
        count++;
    return count;
}

static bool is_big_enough(const struct place *place, struct str sound, int slips, bool has_region)
{
    int64_t least = slips == 0 ? 0 : slips < FAR_SLIPS ? LEAST_PEOPLE : FAR_SLIP_PEOPLE;
    if (slips > 0 && sound.len <= SHORT_SOUND)
        least = CITY_PEOPLE;
    return has_region || place->population >= least;
}

static void keep(struct listing *listing, struct alike alike)
{
    size_t at = 0;
    while (at < listing->count && listing->all[at].found->place.id != alike.found->place.id)
        at++;
    if (at == listing->count)
        listing->count++;
    else if (listing->all[at].points >= alike.points)
        return;
    for (; at > 0 && listing->all[at - 1].points < alike.points; at--)
        listing->all[at] = listing->all[at - 1];
    listing->all[at] = alike;
}

static void weigh(struct listing *listing, const struct place_found *found, struct arena *arena)
{
    const struct place_query *query = listing->query;
    struct str sound = place_sound(query->spans[found->span], arena);
    struct alike alike = {.found = found, .slips = place_sound_slip_count(sound, found->sound)};
    bool has_region = span_qualifiers(query, listing->findings, found->span) > 0;
    bool is_region = span_is_region(listing->findings, found->span);
    alike.fits = place_fits(query, listing->findings, &found->place, found->span);
    if (alike.slips < 0 || (is_region && found->place.population < 5 * CITY_PEOPLE) ||
        !is_big_enough(&found->place, sound, alike.slips, has_region && alike.fits))
        return;
    alike.points = doublings(found->place.population + 64) - SLIP_POINTS * alike.slips;
    alike.points -= sound.data[0] != found->sound.data[0] ? FIRST_SLIP_POINTS : 0;
    alike.points += has_region && alike.fits ? REGION_POINTS : 0;
    alike.points += str_eq(found->place.country, query->home) ? HOME_POINTS : 0;
    keep(listing, alike);
}

/* Those that are nearly as likely as the best. */
static size_t rivals(const struct listing *listing)
{
    size_t count = 1;
    while (count < listing->count && count < CANDIDATES_MAX &&
           listing->all[0].points - listing->all[count].points < CLEAR_POINTS)
        count++;
    return count;
}

static void answer(const struct listing *listing, struct understood *result,
                   const struct place *places[VALUES_MAX])
{
    const struct alike *best = &listing->all[0];
    *result = (struct understood){.finding = FOUND_SEVERAL, .count = rivals(listing)};
    for (size_t i = 0; i < result->count; i++)
        places[i] = &listing->all[i].found->place;
    if (result->count == 1 && best->fits && best->slips <= CLOSE_SLIPS) {
        result->finding = FOUND;
        result->is_guess = true;
    }
}

void alike_decide(const struct place_query *query, const struct findings *findings, struct understood *result,
                  const struct place *places[VALUES_MAX], struct arena *arena)
{
    struct listing listing = {.query = query, .findings = findings};
    for (size_t i = 0; i < findings->place_count; i++) {
        if (findings->places[i].sound.len > 0)
            weigh(&listing, &findings->places[i], arena);
    }
    if (listing.count == 0)
        return;
    const struct place_found *best = listing.all[0].found;
    const struct place *exact = result->count > 0 ? places[0] : NULL;
    if (!exact) {
        answer(&listing, result, places);
    } else if (best->place.id != exact->id && best->place.population > exact->population) {
        bool is_longer = best->span != span_of(findings, exact);
        answer(&listing, result, places);
        if (!is_longer && result->count < CANDIDATES_MAX) {
            result->finding = FOUND_SEVERAL;
            result->is_guess = false;
            places[result->count++] = exact;
        }
    }
}
