/* Which words beside a name say where it lies, and does a place lie there? */

#include "understand/place_regions.h"

bool spans_overlap(struct str a, struct str b)
{
    return a.data < b.data + b.len && b.data < a.data + a.len;
}

bool span_contains(struct str outer, struct str inner)
{
    return outer.len > inner.len && outer.data <= inner.data &&
           inner.data + inner.len <= outer.data + outer.len;
}

bool span_is_region(const struct findings *findings, size_t span)
{
    for (size_t i = 0; i < findings->region_count; i++) {
        if (findings->regions[i].span == span)
            return true;
    }
    return false;
}

bool span_is_part_of_region(const struct place_query *query, const struct findings *findings, size_t span)
{
    for (size_t i = 0; i < findings->region_count; i++) {
        if (span_contains(query->spans[findings->regions[i].span], query->spans[span]))
            return true;
    }
    return false;
}

/* "Jersey" within "New Jersey" says nothing of its own. */
static bool is_part_of_region(const struct place_query *query, const struct findings *findings, size_t name,
                              size_t span)
{
    for (size_t i = 0; i < findings->region_count; i++) {
        struct str region = query->spans[findings->regions[i].span];
        if (span_contains(region, query->spans[span]) && !spans_overlap(region, query->spans[name]))
            return true;
    }
    return false;
}

bool span_is_qualifier(const struct place_query *query, const struct findings *findings, size_t name,
                       size_t span)
{
    return span != name && span < query->nearby && !spans_overlap(query->spans[name], query->spans[span]) &&
           span_is_region(findings, span) && !is_part_of_region(query, findings, name, span);
}

size_t span_qualifiers(const struct place_query *query, const struct findings *findings, size_t name)
{
    size_t count = 0;
    for (size_t span = 0; span < query->count; span++)
        count += span_is_qualifier(query, findings, name, span);
    return count;
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

bool place_fits(const struct place_query *query, const struct findings *findings, const struct place *place,
                size_t name)
{
    for (size_t span = 0; span < query->count; span++) {
        if (span_is_qualifier(query, findings, name, span) && !lies_in(place, findings, span))
            return false;
    }
    return true;
}
