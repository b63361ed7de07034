/* Which words of the answer could name the place of birth? What is said beside it is left out (place_sift.c);
 * what remains is cut into stretches, and each stretch into spans of words, the longest first. */

#include "understand/place.h"

#include "understand/place_sift.h"

#define SPAN_WORDS_MAX      4
#define WHOLE_WORDS_MAX     7 /* Saint-Jean-de-la-Ruelle */
#define DISTRICT_TOKENS_MAX 2
#define KNOWN_PEOPLE        100000 /* a smaller town is too easily any word */
#define METROPOLIS_PEOPLE   1000000

/* "Jila Jaunpur", "Dist- Etawah": does a word for a district end right before the token? */
static bool is_behind_district(const struct heard *heard, size_t at)
{
    while (at > 0 && heard->list[at - 1].kind == TOKEN_MARK && !heard_is_mark(heard, at - 1, ','))
        at--;
    for (size_t len = 1; len <= DISTRICT_TOKENS_MAX && len <= at; len++) {
        if (heard_is(heard, at - len, WORD_DISTRICT) == len)
            return true;
    }
    return false;
}

static void add_span(struct place_query *query, const struct heard *heard, size_t from, size_t to)
{
    struct str span =
        str_slice(heard->tokens.folded.text, heard->list[from].fold_from, heard->list[to - 1].fold_to);
    for (size_t i = 0; i < query->count; i++) {
        if (query->spans[i].data == span.data && query->spans[i].len == span.len)
            return;
    }
    if (query->count == PLACE_SPANS_MAX)
        return;
    query->is_behind_district[query->count] = is_behind_district(heard, from);
    query->is_before_district[query->count] = heard_is(heard, to, WORD_DISTRICT) > 0;
    query->spans[query->count++] = span;
}

/* Nothing but "yes", "no", "ok": an answer to another question, though there is a town of Haan. */
static bool is_yes_or_no(const struct heard *heard, size_t from, size_t to)
{
    static const enum word_class classes[] = {WORD_YES,   WORD_NO,   WORD_RIGHT,
                                              WORD_WRONG, WORD_SKIP, WORD_FILLER};
    while (from < to) {
        size_t len = heard_longest_of(heard, from, classes, sizeof classes / sizeof *classes);
        if (len == 0)
            return false;
        from += len;
    }
    return true;
}

/* Spans of one stretch of kept tokens, longest first. A span neither begins nor ends with a mark. */
static void add_stretch(struct place_query *query, const struct heard *heard, size_t from, size_t to,
                        bool of_yes_or_no)
{
    size_t words = to - from < SPAN_WORDS_MAX + 2 ? to - from : SPAN_WORDS_MAX + 2;
    for (size_t len = words; len > 0; len--) {
        for (size_t at = from; at + len <= to; at++) {
            bool is_whole =
                heard->list[at].kind == TOKEN_WORD && heard->list[at + len - 1].kind == TOKEN_WORD;
            bool has_letters = heard->list[at].fold_to - heard->list[at].fold_from > 1 || len > 1;
            if (is_whole && has_letters && is_yes_or_no(heard, at, at + len) == of_yes_or_no)
                add_span(query, heard, at, at + len);
        }
    }
}

/* What stands between two breaks as a whole, where it is short, because names contain small words and numbers
 * too: "Stoke on Trent", "Jersey City, NJ", "Seremban 2". */
static void add_whole(struct place_query *query, const struct sifting *sifting, size_t from, size_t to)
{
    const struct heard *heard = sifting->heard;
    size_t words = 0;
    bool has_name = false;
    for (size_t i = from; i < to; i++) {
        if (sifting->fates[i] >= LANDMARK || heard->list[i].kind == TOKEN_SYMBOL)
            return;
        words += heard->list[i].kind == TOKEN_WORD;
        has_name = has_name || sifting->fates[i] == KEPT; /* "at home" is no town */
    }
    if (!has_name || to - from < 2 || words > WHOLE_WORDS_MAX || heard->list[from].kind != TOKEN_WORD ||
        is_yes_or_no(heard, from, to))
        return;
    if (heard->list[to - 1].kind != TOKEN_MARK || heard_is_mark(heard, to - 1, '\'')) /* Nudol' */
        add_span(query, heard, from, to);
}

static void add_stretches(struct place_query *query, const struct sifting *sifting, enum fate fate,
                          bool of_yes_or_no)
{
    const struct heard *heard = sifting->heard;
    size_t whole_end = 0;
    for (size_t at = 0; at < heard->count;) {
        size_t end = at;
        if (at >= whole_end) {
            for (whole_end = at; !place_is_break(sifting, whole_end);)
                whole_end++;
            add_whole(query, sifting, at, whole_end);
        }
        while (end < heard->count && sifting->fates[end] == fate)
            end++;
        if (end > at)
            add_stretch(query, heard, at, end, of_yes_or_no);
        at = end + (end == at);
    }
}

/* Is a landmark part of what stands there, and nothing that is out of question? */
static bool has_landmark(const struct sifting *sifting, size_t from, size_t to)
{
    bool has_one = false;
    for (size_t at = from; at < to; at++) {
        if (sifting->fates[at] >= NEARBY || place_is_break(sifting, at))
            return false;
        has_one = has_one || sifting->fates[at] == LANDMARK;
    }
    return has_one;
}

/* "Abu Road", "College Station", "Road Town": towns whose names have a landmark's word. */
static void add_landmarks(struct place_query *query, const struct sifting *sifting)
{
    const struct heard *heard = sifting->heard;
    for (size_t len = SPAN_WORDS_MAX; len > 1; len--) {
        for (size_t at = 0; at + len <= heard->count; at++) {
            if (has_landmark(sifting, at, at + len))
                add_span(query, heard, at, at + len);
        }
    }
}

static bool is_near_something(const struct heard *heard)
{
    return heard_has(heard, WORD_NEAR) || heard_has(heard, WORD_NEAR_AFTER);
}

/* "Mummy se poochna padega": words of talk that lead to no place. */
static bool is_talk(const struct heard *heard)
{
    static const enum word_class small[] = {
        WORD_PLACE_LINK, WORD_FILLER,          WORD_DISTRICT,   WORD_LANDMARK, WORD_NEAR, WORD_NEAR_AFTER,
        WORD_ELSEWHERE,  WORD_ELSEWHERE_AFTER, WORD_CORRECTION, WORD_HEDGE,    WORD_KNOW};
    for (size_t at = 0; at < heard->count;) {
        size_t len = heard_longest_of(heard, at, small, sizeof small / sizeof *small);
        if (len == 0 && heard_is(heard, at, WORD_TALK))
            return true;
        at += len > 0 ? len : 1;
    }
    return false;
}

static struct place_query query_of(const struct heard *heard, const struct utterance *said, bool looks_nearby)
{
    struct place_query query = {.finding = FOUND_NOTHING, .reason = REASON_NONE};
    static const enum word_class answers[] = {WORD_YES, WORD_NO,
                                              WORD_FILLER}; /* "haan" is no town in Germany */
    if (heard_is_only(heard, answers, sizeof answers / sizeof *answers))
        return query;
    if (said->hearing == HEARD_KEYPAD || heard_has(heard, WORD_REFUSAL) || heard_has(heard, WORD_QUESTION))
        return query;
    struct sifting sifting = {heard, arena_new_array(heard->arena, enum fate, heard->count + 1),
                              looks_nearby};
    place_sift(&sifting);
    if (heard_has(heard, WORD_UNKNOWN) && !place_drop_unknown(&sifting)) {
        query.finding = FOUND_UNKNOWN;
        return query;
    }
    place_drop_taken_back(&sifting);
    add_stretches(&query, &sifting, KEPT, false);
    add_stretches(&query, &sifting, DOUBTED, false);
    /* "City Hospital near Kanpur": who names no town but this one is asked about it. */
    bool is_landmark_only = query.count == 0;
    if (query.count > 0 || looks_nearby || !is_near_something(heard))
        add_landmarks(&query, &sifting);
    query.certain = query.count;
    add_stretches(&query, &sifting, KEPT, true);
    query.nearby = query.count;
    query.finding = query.count > 0 ? FOUND : FOUND_NOTHING;
    if (query.count > 0)
        add_stretches(&query, &sifting, NEARBY, false);
    /* "Ludhiana Civil Hospital" stands in its town. */
    if (query.count > 0 && is_landmark_only)
        add_stretches(&query, &sifting, LANDMARK, false);
    query.is_talk = is_talk(heard);
    query.home = said->region.len > 0 ? said->region : STR("IN");
    return query;
}

struct place_query understand_place(const struct lexicon *lexicon, const struct utterance *said,
                                    struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    return query_of(&heard, said, false);
}

struct place_query understand_place_near(const struct lexicon *lexicon, const struct utterance *said,
                                         struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    struct place_query none = {.finding = FOUND_NOTHING, .reason = REASON_NONE};
    return is_near_something(&heard) ? query_of(&heard, said, true) : none;
}

/* Tokens of the longest found name that begins there. */
static size_t found_name_at(const struct heard *heard, size_t at, const struct place_query *query,
                            const struct findings *findings)
{
    struct str rest = str_slice(heard->tokens.folded.text, heard->list[at].fold_from, SIZE_MAX);
    size_t longest = 0;
    for (size_t i = 0; i < findings->place_count + findings->region_count; i++) {
        size_t span = i < findings->place_count ? findings->places[i].span
                                                : findings->regions[i - findings->place_count].span;
        struct str name = query->spans[span];
        if (!str_starts(rest, name))
            continue;
        size_t end = at;
        while (end < heard->count && heard->list[end].fold_to <= heard->list[at].fold_from + name.len)
            end++;
        longest = end - at > longest ? end - at : longest;
    }
    return longest;
}

bool place_is_nearby(const struct place_query *query, const struct findings *findings,
                     const struct place *place)
{
    bool is_nearby = false;
    for (size_t i = 0; i < findings->place_count; i++) {
        if (findings->places[i].place.id != place->id)
            continue;
        if (findings->places[i].span < query->nearby)
            return false;
        is_nearby = true;
    }
    return is_nearby;
}

static bool is_renowned(const struct place *place, const struct place_query *query, enum renown least)
{
    switch (least) {
    case ANY_TOWN:
        return true;
    case KNOWN_TOWN:
        return place->population >= KNOWN_PEOPLE;
    case KNOWN_METROPOLIS:
        return place->population >= METROPOLIS_PEOPLE && str_eq(place->country, query->home);
    }
    return false;
}

bool place_is_all(const struct lexicon *lexicon, const struct utterance *said,
                  const struct place_query *query, const struct findings *findings,
                  const struct place *decided, enum renown least, struct arena *arena)
{
    static const enum word_class small[] = {WORD_PLACE_LINK, WORD_FILLER, WORD_YES, WORD_RIGHT};
    struct heard heard = hear(lexicon, said, arena);
    bool has_own_name = false;
    if (!is_renowned(decided, query, least))
        return false;
    for (size_t at = 0; at < heard.count;) {
        /* "Panaji, not Margao": what is denied was not looked up. */
        if (has_own_name && heard_is(&heard, at, WORD_NOT_BEFORE))
            return true;
        size_t name = found_name_at(&heard, at, query, findings);
        size_t link = heard_longest_of(&heard, at, small, sizeof small / sizeof *small);
        if (name == 0 && link == 0 && heard.list[at].kind != TOKEN_MARK)
            return false;
        has_own_name = has_own_name || (name > link && !heard_is_known(&heard, at));
        at += name > link ? name : link > 0 ? link : 1;
    }
    return has_own_name;
}
