/* What is said beside the place, and what of the words may be its name? Landmarks, "near X", where they live
 * now and the small words are told from the rest. */

#include "understand/place_sift.h"

#include "understand/numbers.h"

/* Joins the words of a name: "Saint-Jean", "L'Aquila", "St.Gallen"; the dot between words in Japanese and
 * Tibetan. */
static bool is_joint(const struct heard *heard, size_t at)
{
    static const struct str joints[] = {STR_INIT("-"), STR_INIT("."), STR_INIT("'"), STR_INIT("・"),
                                        STR_INIT("་")};
    if (at >= heard->count || heard->list[at].kind != TOKEN_MARK)
        return false;
    bool leads =
        heard_is_mark(heard, at, '\'') && at + 1 < heard->count && heard->list[at + 1].is_glued; /* 'Ali */
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        if (str_eq(heard->list[at].text, joints[i]))
            return heard->list[at].is_glued || leads;
    }
    return false;
}

/* A small word in the middle of a hyphenated name says nothing by itself: Slavyansk-na-Kubani. */
static bool is_within_name(const struct heard *heard, size_t at)
{
    bool is_behind = at > 0 && heard_is_mark(heard, at - 1, '-') && is_joint(heard, at - 1);
    bool is_before = heard_is_mark(heard, at + 1, '-') && is_joint(heard, at + 1);
    return heard->list[at].is_glued && is_behind && at > 1 && (is_before || heard->list[at - 1].is_glued);
}

bool place_is_break(const struct sifting *sifting, size_t at)
{
    return at >= sifting->heard->count ||
           (sifting->heard->list[at].kind == TOKEN_MARK && !is_joint(sifting->heard, at));
}

static void give(struct sifting *sifting, enum fate fate, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        sifting->fates[i] = fate;
}

static size_t stretch_start(const struct sifting *sifting, size_t at)
{
    while (at > 0 && sifting->fates[at - 1] == KEPT && !place_is_break(sifting, at - 1))
        at--;
    return at;
}

static size_t stretch_end(const struct sifting *sifting, size_t at)
{
    while (!place_is_break(sifting, at) && heard_is(sifting->heard, at, WORD_CORRECTION) == 0 &&
           heard_is(sifting->heard, at, WORD_EXCEPT) == 0)
        at++;
    return at;
}

/* "Tata Main Hospital": "main" is Hindi for "in" as well, and what stands before it may be the hospital's. */
static void doubt_before(struct sifting *sifting, size_t at)
{
    size_t gap = at;
    while (gap > 0 && sifting->fates[gap - 1] == GAP && !place_is_break(sifting, gap - 1))
        gap--;
    if (gap < at)
        give(sifting, DOUBTED, stretch_start(sifting, gap), gap);
}

/* Words that take what follows or precedes with them; gives their tokens, 0 when there are none. "Near" is
 * the first of both lists, and left out where the town near by is looked for. */
static size_t sift_away(struct sifting *sifting, size_t at)
{
    static const enum word_class forward[] = {WORD_NEAR, WORD_ELSEWHERE, WORD_NOT_BEFORE};
    static const enum word_class backward[] = {WORD_NEAR_AFTER, WORD_LANDMARK, WORD_NOT_AFTER,
                                               WORD_ELSEWHERE_AFTER};
    const struct heard *heard = sifting->heard;
    size_t link = heard_is(heard, at, WORD_PLACE_LINK);
    for (size_t i = sifting->looks_nearby; i < sizeof forward / sizeof *forward; i++) {
        size_t len = heard_is(heard, at, forward[i]);
        if (len == 0 || len < link)
            continue;
        size_t end = stretch_end(sifting, at + len);
        give(sifting, DROPPED, at, at + len);
        give(sifting, forward[i] == WORD_NEAR ? NEARBY : DROPPED, at + len, end);
        return end - at;
    }
    for (size_t i = sifting->looks_nearby; i < sizeof backward / sizeof *backward; i++) {
        size_t len = heard_is(heard, at, backward[i]);
        if (len == 0)
            continue;
        bool is_landmark = backward[i] == WORD_LANDMARK, is_near = backward[i] == WORD_NEAR_AFTER;
        bool is_after_gap = at > 0 && sifting->fates[at - 1] == GAP;
        size_t start = stretch_start(sifting, is_after_gap && !is_landmark ? at - 1 : at);
        give(sifting, is_landmark ? LANDMARK : is_near ? NEARBY : DROPPED, start, at);
        give(sifting, is_landmark ? LANDMARK : DROPPED, at, at + len);
        if (is_landmark && start == at)
            doubt_before(sifting, at);
        return len;
    }
    return 0;
}

/* Words of a date or time beside the place; a month's name only beside a number, for Augusta is a town. */
static size_t time_words_at(const struct heard *heard, size_t at)
{
    size_t month = heard_is(heard, at, WORD_MONTH);
    bool is_dated = heard_is_number(heard, at + month) || (at > 0 && heard_is_number(heard, at - 1));
    size_t part = heard_is(heard, at, WORD_DAY_PART);
    return month > 0 && is_dated ? month : part;
}

static size_t near_words_at(const struct heard *heard, size_t at)
{
    static const enum word_class classes[] = {WORD_NEAR, WORD_NEAR_AFTER};
    return heard_longest_of(heard, at, classes, sizeof classes / sizeof *classes);
}

/* "Portland, ME", "Gary, IN": after a comma, at the end, two letters are a state, not a small word. */
static bool is_code(const struct heard *heard, size_t at)
{
    return at > 0 && at + 1 == heard->count && heard_is_mark(heard, at - 1, ',') &&
           heard->list[at].text.len == 2;
}

/* "Date 9 August", "time 8:30": names another answer, though towns are called so too. */
static bool names_other_answer(const struct heard *heard, size_t at)
{
    const struct sense *field;
    struct number number;
    if (heard_phrase(heard, at, WORD_FIELD, &field) == 0 ||
        !(str_eq(field->text, STR("date")) || str_eq(field->text, STR("time"))))
        return false;
    for (size_t i = 0; i < heard->count; i++)
        if (number_at(heard, i, &number) > 0)
            return true;
    return false;
}

void place_sift(struct sifting *sifting)
{
    static const enum word_class gaps[] = {WORD_PLACE_LINK, WORD_DISTRICT, WORD_FILLER, WORD_CORRECTION,
                                           WORD_EXCEPT,     WORD_KNOW,     WORD_HEDGE};
    const struct heard *heard = sifting->heard;
    for (size_t at = 0; at < heard->count;) {
        if (is_within_name(heard, at)) {
            at++;
            continue;
        }
        size_t len = sift_away(sifting, at);
        if (len > 0) {
            at += len;
            continue;
        }
        len = heard_longest_of(heard, at, gaps, sizeof gaps / sizeof *gaps);
        size_t near = sifting->looks_nearby ? near_words_at(heard, at) : 0;
        len = len > near ? len : near;
        size_t time = time_words_at(heard, at);
        len = len > time ? len : time;
        bool is_gap = len > 0 || names_other_answer(heard, at) || place_is_break(sifting, at) ||
                      heard->list[at].kind == TOKEN_NUMBER || heard->list[at].kind == TOKEN_SYMBOL;
        is_gap = is_gap && !is_code(heard, at);
        len = len > 0 ? len : 1;
        for (size_t i = at; is_gap && i < at + len && i < heard->count; i++)
            sifting->fates[i] = GAP;
        at += len;
    }
}

/* Only words that may be a place's, and the little ones around it; "sorry for the delay" names none. */
static bool names_place(const struct sifting *sifting, size_t from)
{
    const struct heard *heard = sifting->heard;
    bool has_name = false;
    for (size_t at = from; at < heard->count; at++) {
        if (sifting->fates[at] == KEPT && heard_is(heard, at, WORD_TALK))
            return false;
        has_name = has_name || sifting->fates[at] == KEPT;
    }
    return has_name;
}

bool place_drop_unknown(struct sifting *sifting)
{
    const struct heard *heard = sifting->heard;
    for (size_t at = 1; at < heard->count; at++) {
        size_t len = heard_is(heard, at, WORD_HEDGE);
        if (len > 0 && heard_is(heard, at, WORD_UNKNOWN) == 0 && names_place(sifting, at + len)) {
            give(sifting, DROPPED, 0, at);
            return true;
        }
    }
    return false;
}

/* One word alone ("no", "but") may mean something else as well. */
void place_drop_taken_back(struct sifting *sifting)
{
    const struct heard *heard = sifting->heard;
    for (size_t at = 1; at < heard->count; at++) {
        size_t len = heard_is(heard, at, WORD_CORRECTION);
        len += len > 0 ? heard_is(heard, at + len, WORD_CORRECTION) : 0;
        if (len > 1 && names_place(sifting, at + len))
            give(sifting, DROPPED, 0, at);
    }
}
