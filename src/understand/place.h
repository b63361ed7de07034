#pragma once

/* Where was that? In two steps, because only the gazetteer knows what is a place: the words that could name
 * one, and, once the gazetteer has answered, which place is meant. */

#include "understand/understand.h"

#define PLACE_SPANS_MAX 24
#define PLACES_MAX      40
#define REGIONS_MAX     24

/* What to look up: folded spans of words, best guess first. */
struct place_query {
    enum finding finding; /* FOUND: look the spans up; FOUND_UNKNOWN; FOUND_NOTHING with `reason` */
    enum reason reason;
    struct str spans[PLACE_SPANS_MAX];
    /* "jila Jaunpur": whose district, when a place in it is named. */
    bool is_behind_district[PLACE_SPANS_MAX];
    bool is_before_district[PLACE_SPANS_MAX]; /* "Jaunpur district" */
    size_t count;
    /* The spans from here on are words of yes and no: places only with a region beside them. */
    size_t certain;
    bool is_talk;    /* a sentence, in which any word sounds like some town */
    size_t nearby;   /* the spans from here on only say what lies near by */
    struct str home; /* ISO country where the person is likely to be from, for names that are misspelt */
};
struct place_query understand_place(const struct lexicon *lexicon, const struct utterance *said,
                                    struct arena *arena);

/* "A village near Kanpur": the towns that it is said to be near to, for who names none. */
struct place_query understand_place_near(const struct lexicon *lexicon, const struct utterance *said,
                                         struct arena *arena);

struct place {
    int64_t id; /* GeoNames */
    struct str name;
    struct str admin1;       /* its state or province, in English; may be empty */
    struct str admin1_code;  /* GeoNames' */
    struct str country;      /* ISO 3166-1 alpha-2 */
    struct str country_name; /* in English */
    double latitude, longitude;
    int64_t population;
    struct str timezone; /* IANA */
};

/* What the gazetteer has for the spans, any order. */
struct place_found {
    struct place place;
    size_t span; /* which span is its name */
    /* Of the name that sounds like the span; empty: the span is its name, letter for letter. */
    struct str sound;
};
struct region_found {
    struct str country;     /* ISO */
    struct str admin1_code; /* empty: the whole country */
    size_t span;
};
struct findings {
    struct place_found places[PLACES_MAX];
    size_t place_count;
    struct region_found regions[REGIONS_MAX];
    size_t region_count;
};

/* Names that are misspelt: which spans to look up by their sounds, after their letters have found what
 * `exact` holds. `count` is 0 where that is good enough. What is found is added to the findings. */
#define ALIKE_SPANS_MAX 4
struct alike_query {
    size_t spans[ALIKE_SPANS_MAX];
    struct str sounds[ALIKE_SPANS_MAX];
    struct str slips[ALIKE_SPANS_MAX]; /* the sound and those one slip away, with blanks between */
    size_t count;
};
struct alike_query place_alike(const struct place_query *query, const struct findings *exact,
                               struct arena *arena);

/* Was the place said only to say what lies near? */
bool place_is_nearby(const struct place_query *query, const struct findings *findings,
                     const struct place *place);

/* Towns of which one may think before a person's name: anywhere, or where the open question asks for a name.
 */
enum renown {
    ANY_TOWN, /* where it is a place that is talked about */
    KNOWN_TOWN,
    KNOWN_METROPOLIS /* a million people, in the country where they are likely from */
};

/* Is a place that people know, and nothing else, what was said? Each word belongs to a name that was found,
 * or leads to one, and no name is a word of ours ("nice"). For answers to a question that asked for no place.
 */
bool place_is_all(const struct lexicon *lexicon, const struct utterance *said,
                  const struct place_query *query, const struct findings *findings,
                  const struct place *decided, enum renown least, struct arena *arena);

/* Which place: by qualifiers, then population (2.5 times the next: certain, else several).
 * `*places` gets the candidates of FOUND (one) and FOUND_SEVERAL (up to 5, most populous first). A single
 * candidate, and a guess, are to be read back: they are not what was said, letter for letter. */
struct understood place_decide(const struct place_query *query, const struct findings *findings,
                               const struct place *places[VALUES_MAX], struct arena *arena);
