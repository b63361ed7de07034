/* Which words of an answer are a date, which a time of day, and what is left over for a name and a place?
 *
 *   words → one date and one time are marked, with the words that lead to them ("born on", "at")
 *         → what is left falls into stretches: at the marked words, at commas, line ends and labels
 *         → a stretch is a name or a place by its label or by where it stands; in doubt it is neither */

#include "understand/carried.h"

#include "understand/date_parts.h"
#include "understand/time_clock.h"

#define TOKENS_MAX     64 /* a longer answer is a story */
#define STRETCHES_MAX  12
#define NAME_WORDS_MAX 4

enum use { LEFT_OVER, PART_OF_DATE, PART_OF_TIME };
enum label { LABEL_NONE, LABEL_NAME, LABEL_PLACE, LABEL_OTHER };

struct stretch {
    size_t from, to; /* tokens */
    enum label label;
};

struct telling_apart {
    const struct heard *heard;
    enum use uses[TOKENS_MAX];
    struct stretch stretches[STRETCHES_MAX];
    size_t count;
    size_t first_used; /* token of the date or time, whichever comes first */
};

/* ---- The date and the time ---- */

/* Three numbers with a whole year, eight digits, or a month by its name: nothing else looks like that. */
static bool is_surely_date(const struct date_part *parts, size_t count)
{
    bool has_year = false;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].kind == PART_MONTH)
            return count >= 3;
        has_year = has_year || parts[i].number.digits == 4;
    }
    bool is_triple = count == 3 && parts[0].from == parts[2].from;
    return (count == 1 && parts[0].number.digits == 8) || (count == 3 && has_year) || is_triple;
}

/* The only date there is; false where there is none or more than one. */
static bool find_date(const struct heard *heard, struct stretch *out)
{
    struct date_parts parts;
    struct date_rules rules = date_rules_of(heard->said);
    size_t dates = 0, start = 0;
    date_parts_of(heard, &parts);
    if (parts.has_or)
        return false;
    for (size_t at = 0; at <= parts.count; at++) {
        if (at < parts.count && parts.list[at].kind != PART_BREAK)
            continue;
        size_t used;
        const struct date_part *run = &parts.list[start];
        bool is_date = at > start && date_read_run(run, at - start, &rules, &used).grade >= DATE_IMPOSSIBLE &&
                       is_surely_date(run, used);
        if (is_date) {
            *out = (struct stretch){.from = run[0].from, .to = run[used - 1].to};
            dates++;
        }
        start = at + 1;
    }
    return dates == 1;
}

/* A clock time with its part of the day: "6:30 am", "6 in the morning", "सुबह 6 बजे". An hour alone is none. */
static size_t clock_with_part_at(const struct heard *heard, size_t at)
{
    static const enum word_class hour_words[] = {WORD_OCLOCK, WORD_CLOCK24};
    static const enum word_class links[] = {WORD_LINK, WORD_TIME_LINK};
    unsigned part;
    struct clock clock = {0};
    size_t start = at, len, before = day_part_at(heard, at, &part);
    if (before > 0 && (part == PART_AM || part == PART_PM))
        return 0; /* "I am 35" */
    at += before;
    while (before > 0 && (len = heard_longest_of(heard, at, links, 2)) > 0 &&
           clock_at(heard, at, &clock) == 0)
        at += len;
    clock = (struct clock){0};
    size_t clock_len = clock_at(heard, at, &clock);
    bool is_number = clock_len > 0 && heard_is_number(heard, at) && heard->list[at].digits > 2;
    at += clock_len;
    size_t link = 0, hours = heard_longest_of(heard, at, hour_words, 2);
    at += hours;
    while ((len = heard_longest_of(heard, at + link, links, 2)) > 0)
        link += len;
    size_t after = day_part_at(heard, at + link, &part);
    at += after > 0 ? link + after : 0;
    bool is_clear = before > 0 || after > 0 || hours > 0 || clock.is_24 || (!clock.is_bare && !is_number);
    return clock_len > 0 && is_clear ? at - start : 0;
}

static void mark(struct telling_apart *telling, struct stretch words, enum use use)
{
    for (size_t i = words.from; i < words.to; i++)
        telling->uses[i] = use;
}

/* Marks every time of day; true where there is exactly one. */
static bool find_time(struct telling_apart *telling, struct stretch *out)
{
    const struct heard *heard = telling->heard;
    size_t times = 0;
    for (size_t at = 0; at < heard->count;) {
        size_t len = telling->uses[at] == LEFT_OVER ? clock_with_part_at(heard, at) : 0;
        bool is_free = len > 0;
        for (size_t i = at; i < at + len; i++)
            is_free = is_free && telling->uses[i] == LEFT_OVER;
        if (is_free) {
            *out = (struct stretch){.from = at, .to = at + len};
            mark(telling, *out, PART_OF_TIME);
            times++;
        }
        at += is_free ? len : 1;
    }
    return times == 1;
}

/* ---- What leads to them, and what names what follows ---- */

static struct str field_at(const struct heard *heard, size_t at, size_t *len)
{
    const struct sense *sense;
    *len = heard_phrase(heard, at, WORD_FIELD, &sense);
    return *len > 0 ? sense->text : (struct str){0};
}

static enum label label_at(const struct heard *heard, size_t at, size_t *len)
{
    struct str field = field_at(heard, at, len);
    if (*len == 0)
        return LABEL_NONE;
    return str_eq(field, STR("name")) ? LABEL_NAME : str_eq(field, STR("place")) ? LABEL_PLACE : LABEL_OTHER;
}

static bool is_light_mark(const struct heard *heard, size_t at)
{
    return heard_is_mark(heard, at, ':') || heard_is_mark(heard, at, '-') || heard_is_mark(heard, at, '=') ||
           heard_is_mark(heard, at, '(');
}

/* Words that say nothing by themselves: "born on", "my date of birth is", "और". */
static size_t glue_at(const struct heard *heard, size_t at)
{
    static const enum word_class glue[] = {WORD_LINK, WORD_TIME_LINK, WORD_AND,     WORD_BIRTHDAY,
                                           WORD_AGE,  WORD_FILLER,    WORD_WEEKDAY, WORD_PLACE_LINK};
    size_t len, longest = heard_longest_of(heard, at, glue, sizeof glue / sizeof *glue);
    enum label label = label_at(heard, at, &len);
    if (label == LABEL_OTHER && len > longest)
        longest = len;
    return longest > 0 ? longest : is_light_mark(heard, at);
}

/* The words in front of a date or time that belong to it. */
static void mark_lead(struct telling_apart *telling, size_t from, enum use use)
{
    bool has_grown = true;
    while (from > 0 && has_grown) {
        has_grown = false;
        for (size_t len = 1; len <= 4 && len <= from && !has_grown; len++) {
            bool is_free = telling->uses[from - len] == LEFT_OVER;
            if (is_free && glue_at(telling->heard, from - len) == len) {
                mark(telling, (struct stretch){.from = from - len, .to = from}, use);
                from -= len;
                has_grown = true;
            }
        }
    }
}

/* ---- What is left over ---- */

static bool is_line_end(const struct heard *heard, size_t at)
{
    size_t before = at > 0 ? heard->list[at - 1].to : 0;
    return str_find_char(str_slice(heard->text, before, heard->list[at].from), '\n') != STR_NONE;
}

static bool is_strong_mark(const struct heard *heard, size_t at)
{
    if (heard->list[at].kind == TOKEN_SYMBOL)
        return true;
    if (heard->list[at].kind != TOKEN_MARK || is_light_mark(heard, at))
        return false;
    bool is_inside = heard_is_mark(heard, at, '\'') || heard_is_mark(heard, at, '&');
    bool is_stop = heard_is_mark(heard, at, '.');
    bool is_initial = is_stop && at > 0 && utf8_length(heard->list[at - 1].text) <= 2;
    return !is_inside && !is_initial;
}

/* Does nothing of it carry a meaning of its own? */
static bool is_glue_only(const struct heard *heard, struct stretch stretch)
{
    for (size_t at = stretch.from; at < stretch.to;) {
        size_t len = glue_at(heard, at), label;
        label_at(heard, at, &label);
        len = label > len ? label : len;
        bool is_mark = heard->list[at].kind == TOKEN_MARK || heard->list[at].kind == TOKEN_SYMBOL;
        if (len == 0 && !is_mark)
            return false;
        at += len > 0 ? len : 1;
    }
    return true;
}

static void add_stretch(struct telling_apart *telling, size_t from, size_t to)
{
    size_t len;
    struct stretch stretch = {.from = from, .to = to};
    if (from >= to || is_glue_only(telling->heard, stretch))
        return;
    stretch.label = label_at(telling->heard, from, &len);
    size_t link = heard_is(telling->heard, from, WORD_PLACE_LINK);
    /* "from Pune", "born in Pune"; but "I am" leads to names as well. */
    bool leads_to_place = link > 0 && heard_is(telling->heard, from, WORD_NAME_END) > 0;
    if (stretch.label == LABEL_NONE && leads_to_place)
        stretch.label = LABEL_PLACE;
    if (telling->count < STRETCHES_MAX)
        telling->stretches[telling->count++] = stretch;
}

static void cut_stretches(struct telling_apart *telling)
{
    const struct heard *heard = telling->heard;
    size_t start = 0, len;
    for (size_t at = 0; at < heard->count; at++) {
        bool is_used = telling->uses[at] != LEFT_OVER;
        bool is_mark = !is_used && is_strong_mark(heard, at);
        enum label label = label_at(heard, at, &len);
        bool begins = is_line_end(heard, at) || (label != LABEL_NONE && label != LABEL_NAME) ||
                      heard_is(heard, at, WORD_NAME_END) > 0;
        if (!is_used && !is_mark && !begins)
            continue;
        add_stretch(telling, start, at);
        start = is_used || is_mark ? at + 1 : at;
    }
    add_stretch(telling, start, heard->count);
}

static struct str words_of(const struct heard *heard, struct stretch stretch)
{
    return str_slice(heard->text, heard->list[stretch.from].from, heard->list[stretch.to - 1].to);
}

/* Few words, and none that people join a sentence with: "Asha lives there" is not the name. */
static bool is_like_name(const struct heard *heard, struct str text)
{
    struct utterance said = *heard->said;
    said.text = text;
    struct understood name = understand_name(heard->lexicon, &said, heard->arena);
    if (name.finding != FOUND)
        return false;
    said.text = name.values[0];
    struct heard alone = hear(heard->lexicon, &said, heard->arena);
    size_t words = 0;
    for (size_t at = 0; at < alone.count; at++) {
        words += alone.list[at].kind == TOKEN_WORD;
        if (alone.count > 1 &&
            (heard_is(&alone, at, WORD_PLACE_LINK) || heard_is(&alone, at, WORD_ELSEWHERE)))
            return false;
    }
    return words <= NAME_WORDS_MAX;
}

/* "time not known" */
static bool is_unknown_time(const struct heard *heard, struct stretch stretch)
{
    size_t len;
    bool is_unknown = false;
    for (size_t at = stretch.from; at < stretch.to; at++)
        is_unknown = is_unknown || heard_is(heard, at, WORD_UNKNOWN) > 0;
    return is_unknown && str_eq(field_at(heard, stretch.from, &len), STR("time"));
}

/* "Hi, I'd like a chart. I'm Asha, born …": of what stands in front of the date, the part that says who they
 * are. */
static bool is_called(const struct telling_apart *telling, const struct stretch *stretch)
{
    const struct heard *heard = telling->heard;
    struct utterance said = *heard->said;
    said.text = words_of(heard, *stretch);
    return stretch->label == LABEL_NONE && stretch->from < telling->first_used &&
           understand_is_called(heard->lexicon, &said, heard->arena);
}

static bool is_called_later(const struct telling_apart *telling, size_t after)
{
    for (size_t i = after + 1; i < telling->count; i++)
        if (is_called(telling, &telling->stretches[i]))
            return true;
    return false;
}

static void add_place(struct buf *place, struct str words)
{
    if (place->len > 0)
        buf_put(place, STR(", "));
    buf_put(place, words);
}

/* "6 am, same as me": a sentence that leads to no place names none. */
static bool is_talk(const struct heard *heard, struct stretch stretch)
{
    for (size_t at = stretch.from; at < stretch.to; at++)
        if (heard_is(heard, at, WORD_TALK) && !heard_is(heard, at, WORD_PLACE_LINK) &&
            glue_at(heard, at) == 0)
            return true;
    return false;
}

static void share_out(struct telling_apart *telling, bool expects_name, struct carried *carried)
{
    const struct heard *heard = telling->heard;
    struct buf place = {.arena = heard->arena};
    bool is_doubtful = false;
    for (size_t i = 0; i < telling->count; i++) {
        const struct stretch *stretch = &telling->stretches[i];
        struct str words = words_of(heard, *stretch);
        bool may_be_name = expects_name && carried->name.len == 0 && stretch->label != LABEL_PLACE &&
                           stretch->label != LABEL_OTHER;
        bool is_in_front = i == 0 && stretch->from < telling->first_used;
        if (may_be_name && stretch->label == LABEL_NONE && stretch->from < telling->first_used &&
            !is_called(telling, stretch) && is_called_later(telling, i))
            continue;
        is_in_front = is_in_front || (may_be_name && is_called(telling, stretch));
        /* "Dawn, say 5:45" is a time, and she may be called so only beside her birthday. */
        if (carried->date.len == 0 &&
            heard_is(heard, stretch->from, WORD_DAY_PART) == stretch->to - stretch->from)
            may_be_name = false;
        if (may_be_name && (is_in_front || stretch->label == LABEL_NAME) && is_like_name(heard, words))
            carried->name = words;
        else if (stretch->label == LABEL_PLACE || (stretch->label == LABEL_NONE && !is_talk(heard, *stretch)))
            add_place(&place, words);
        bool is_stranger = may_be_name && carried->name.len == 0 && stretch->label == LABEL_NONE;
        if (is_stranger && is_in_front) {
            *carried = (struct carried){0}; /* a sentence about something else */
            return;
        }
        is_doubtful = is_doubtful || is_stranger;
        if (carried->time.len == 0 && is_unknown_time(heard, *stretch))
            carried->time = words;
    }
    if (!is_doubtful)
        carried->place = buf_str(&place);
}

/* What says when: a number, in digits or words, or a word that stands for one. */
static bool may_tell_when(const struct heard *heard)
{
    static const enum word_class words[] = {WORD_FEAST, WORD_HOUR_SHIFT, WORD_HOUR_FIXED, WORD_HOUR_PART,
                                            WORD_DAY_PART};
    struct number number;
    for (size_t at = 0; at < heard->count; at++)
        if (number_at(heard, at, &number) > 0 ||
            heard_longest_of(heard, at, words, sizeof words / sizeof *words))
            return true;
    return false;
}

struct carried understand_carried(const struct lexicon *lexicon, const struct utterance *said,
                                  bool expects_name, struct arena *arena)
{
    struct carried carried = {0};
    struct heard heard = hear(lexicon, said, arena);
    bool is_plain = said->hearing != HEARD_KEYPAD && heard.count > 0 && heard.count <= TOKENS_MAX;
    if (!is_plain || !may_tell_when(&heard) || heard_has(&heard, WORD_QUESTION) ||
        heard_has(&heard, WORD_CORRECTION) || heard_has(&heard, WORD_REFUSAL))
        return carried;
    for (size_t at = 0; at < heard.count; at++)
        if (heard_is_mark(&heard, at, '?'))
            return carried;
    struct telling_apart telling = {.heard = &heard};
    struct stretch date, time;
    bool has_date = find_date(&heard, &date);
    if (has_date)
        mark(&telling, date, PART_OF_DATE);
    bool has_time = find_time(&telling, &time);
    carried.date = has_date ? words_of(&heard, date) : (struct str){0};
    carried.time = has_time ? words_of(&heard, time) : (struct str){0};
    if (!has_date && !has_time)
        return carried;
    if (has_date)
        mark_lead(&telling, date.from, PART_OF_DATE);
    if (has_time)
        mark_lead(&telling, time.from, PART_OF_TIME);
    while (telling.uses[telling.first_used] == LEFT_OVER)
        telling.first_used++;
    cut_stretches(&telling);
    share_out(&telling, expects_name, &carried);
    return carried;
}

struct str understand_correction(const struct lexicon *lexicon, const struct utterance *said,
                                 struct arena *arena)
{
    static const enum word_class before[] = {WORD_CORRECTION, WORD_FILLER, WORD_NO};
    struct heard heard = hear(lexicon, said, arena);
    bool is_correction = false;
    size_t at = 0, len = 1;
    if (said->hearing == HEARD_KEYPAD || !heard_has(&heard, WORD_CORRECTION) ||
        heard_has(&heard, WORD_QUESTION) || heard_is_unknown(&heard))
        return (struct str){0};
    while (at < heard.count && len > 0) {
        len = heard_longest_of(&heard, at, before, sizeof before / sizeof *before);
        is_correction = is_correction || (len > 0 && heard_is(&heard, at, WORD_CORRECTION) > 0);
        if (len == 0 && heard.list[at].kind == TOKEN_MARK)
            len = 1;
        at += len;
    }
    if (!is_correction || at >= heard.count)
        return (struct str){0};
    return str_slice(heard.text, heard.list[at].from, heard.list[heard.count - 1].to);
}
