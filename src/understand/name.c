/* What is the person called? The answer's words without the sentence around them ("my name is …"), its
 * letters as typed. */

#include "understand/name_frame.h"
#include "understand/name_parts.h"
#include "understand/name_talk.h"
#include "understand/numbers.h"

#define NAME_WORDS_MAX 8
#define WITHIN_MAX     12 /* words that may stand before a frame */
#define FRAMES_ROUNDS  3  /* "hi, this is me, I am called …": sentences within sentences */

static bool is_word(const struct heard *heard, size_t at)
{
    return heard->list[at].kind == TOKEN_WORD;
}

/* Marks, pictures and polite words at both ends. */
static struct range trim(const struct heard *heard, struct range range)
{
    bool is_trimmed = true;
    while (range.from < range.to && is_trimmed) {
        is_trimmed = false;
        size_t filler = heard_is(heard, range.from, WORD_FILLER);
        size_t greeting = heard_is(heard, range.from, WORD_GREETING);
        filler = greeting > filler ? greeting : filler;
        if (filler > 0 && range.from + filler < range.to) {
            range.from += filler;
            is_trimmed = true;
        } else if (!is_word(heard, range.from) && !heard_is_number(heard, range.from)) {
            range.from++;
            is_trimmed = true;
        } else if (!is_word(heard, range.to - 1) && !heard_is_number(heard, range.to - 1)) {
            range.to--;
            is_trimmed = true;
        }
        for (size_t len = 3; len > 0 && !is_trimmed; len--) {
            if (range.from + len < range.to && heard_is(heard, range.to - len, WORD_FILLER) == len) {
                range.to -= len;
                is_trimmed = true;
            }
        }
    }
    return range;
}

/* "yes, my name is …": a yes counts as polite only before a frame, for "K" and "Ji" are names too. */
static bool unframe_politely(const struct heard *heard, struct range *range)
{
    if (name_unframe(heard, range))
        return true;
    size_t yes = range->from < range->to ? heard_is(heard, range->from, WORD_YES) : 0;
    struct range inner = {range->from + yes, range->to};
    while (yes > 0 && inner.from < inner.to && !is_word(heard, inner.from))
        inner.from++;
    if (yes == 0 || inner.from >= inner.to || !name_unframe(heard, &inner))
        return false;
    *range = inner;
    return true;
}

/* "OK, Ravi": a yes and a comma, which nobody hears, lead to the answer. */
static struct range cut_consent(const struct heard *heard, struct range range)
{
    size_t yes = range.from < range.to ? heard_is(heard, range.from, WORD_YES) : 0;
    bool is_apart = heard_is_mark(heard, range.from + yes, ',') ||
                    (heard->said->hearing == HEARD_SPEECH && range.from + yes + 1 == range.to);
    bool leads = yes > 0 && range.from + yes < range.to && is_apart;
    return leads ? trim(heard, (struct range){range.from + yes, range.to}) : range;
}

/* "sorry for the delay, my name is …": a frame of several words may begin within the answer. */
static bool unframe_within(const struct heard *heard, struct range *range)
{
    for (size_t at = range->from; at + 1 < range->to && at < range->from + WITHIN_MAX; at++) {
        if (heard_is(heard, at, WORD_QUESTION) || heard_is(heard, at, WORD_NOT_BEFORE) ||
            heard_is(heard, at, WORD_NOT_AFTER))
            return false;
        struct range inner = {at, range->to};
        if (name_unframe(heard, &inner) && inner.from >= at + 2) {
            *range = inner;
            return true;
        }
    }
    return false;
}

/* "Rahul from Pune", "Priya, nice to meet you". */
static struct range cut_end(const struct heard *heard, struct range range)
{
    for (size_t at = range.from + 1; at < range.to; at++) {
        if (heard_is(heard, at, WORD_NAME_END))
            range.to = at;
    }
    return range;
}

/* "Jyoti, Delhi se": where they are from. */
static struct range cut_origin(const struct heard *heard, struct range range)
{
    size_t comma = range.from;
    while (comma < range.to && !heard_is_mark(heard, comma, ','))
        comma++;
    bool is_origin =
        comma + 2 < range.to && comma > range.from && heard_is(heard, range.to - 1, WORD_NAME_ORIGIN) == 1;
    return (struct range){range.from, is_origin ? comma : range.to};
}

/* What follows a number is no longer the name: "Asha, 15 aug 1990", "Rahul born in 1990". */
static struct range cut_numbers(const struct heard *heard, struct range range)
{
    size_t number = range.from;
    while (number < range.to && !heard_is_number(heard, number))
        number++;
    if (number == range.to)
        return range;
    range.to = number > range.from && heard->list[number].is_glued && is_word(heard, number - 1) ? range.from
                                                                                                 : number;
    for (size_t at = range.from; at < range.to; at++) {
        if (heard_is(heard, at, WORD_PLACE_LINK) || heard_is(heard, at, WORD_TIME_LINK) ||
            heard_is(heard, at, WORD_BIRTHDAY) || (at > range.from && heard_is(heard, at, WORD_AGE_MARK)))
            range.to = at;
    }
    return range;
}

static struct range drop_titles(const struct heard *heard, struct range range)
{
    size_t len;
    while ((len = heard_is(heard, range.from, WORD_TITLE)) > 0 && range.from + len < range.to)
        range = trim(heard, (struct range){range.from + len, range.to});
    return range;
}

/* A question, a refusal, or a sentence about something else. */
static bool is_sentence(const struct heard *heard, struct range range)
{
    size_t words = 0;
    for (size_t at = range.from; at < range.to; at++) {
        words += is_word(heard, at);
        if (heard_is(heard, at, WORD_NOT_NAME) || heard_is(heard, at, WORD_REFUSAL) ||
            heard_is(heard, at, WORD_UNKNOWN) || heard_is(heard, at, WORD_QUESTION))
            return true;
    }
    return words > NAME_WORDS_MAX;
}

/* "<b>Asha</b>" is somebody's markup, not a name. */
static bool has_markup(const struct heard *heard, struct range range)
{
    for (size_t at = range.from; at < range.to; at++) {
        if (heard_is_mark(heard, at, '<') || heard_is_mark(heard, at, '>'))
            return true;
    }
    return false;
}

static bool has_question_mark(const struct heard *heard)
{
    for (size_t at = 0; at < heard->count; at++)
        if (heard_is_mark(heard, at, '?'))
            return true;
    return false;
}

/* The marks of an address: rahul@example.com, https://… */
static bool has_foreign_mark(const struct heard *heard)
{
    for (size_t at = 1; at < heard->count; at++) {
        bool is_foreign = heard_is_mark(heard, at, '@') ||
                          (heard_is_mark(heard, at, '/') && heard_is_mark(heard, at + 1, '/'));
        if (is_foreign && heard->list[at].is_glued)
            return true;
    }
    return false;
}

static bool is_initial(const struct token *token)
{
    return token->kind == TOKEN_WORD && utf8_length(token->text) == 1;
}

/* Joiners shape Indic letters and stay; other invisible characters go. */
static void put_visible(struct buf *name, struct str letters)
{
    while (letters.len > 0) {
        uint32_t point = utf8_next(&letters);
        bool is_invisible = point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x200B ||
                            point == 0xFEFF || point == 0x200E || point == 0x200F ||
                            (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F);
        if (!is_invisible)
            buf_put_point(name, point);
    }
}

/* "Raju (Rajesh)": a bracket is not cut off from the one that opens it. */
static bool closes_bracket(const struct heard *heard, struct range range)
{
    bool is_open = false;
    for (size_t at = range.from; at < range.to; at++)
        is_open = heard_is_mark(heard, at, '(') || (is_open && !heard_is_mark(heard, at, ')'));
    return is_open && heard_is_mark(heard, range.to, ')');
}

/* The original letters of the tokens, single blanks between, without pictures. */
static struct str original(const struct heard *heard, struct range range)
{
    struct buf name = {.arena = heard->arena};
    bool has_dot = is_initial(&heard->list[range.to - 1]) && heard_is_mark(heard, range.to, '.') &&
                   heard->list[range.to].is_glued;
    range.to += has_dot || closes_bracket(heard, range);
    for (size_t at = range.from; at < range.to; at++) {
        const struct token *token = &heard->list[at];
        if (token->kind == TOKEN_SYMBOL)
            continue;
        bool is_after_symbol = at > range.from && heard->list[at - 1].kind == TOKEN_SYMBOL;
        if (name.len > 0 && (!token->is_glued || is_after_symbol))
            buf_put_char(&name, ' ');
        put_visible(&name, str_slice(heard->text, token->from, token->to));
    }
    return str_trim(buf_str(&name));
}

static size_t letters_of(const struct heard *heard, struct range range)
{
    size_t letters = 0;
    for (size_t at = range.from; at < range.to; at++)
        letters += is_word(heard, at) ? utf8_length(heard->list[at].text) : 0;
    return letters;
}

/* One polite or contrary word and nothing else: "hello", "no", "later", "great". */
static bool is_remark(const struct heard *heard, struct range range)
{
    static const enum word_class remarks[] = {WORD_FILLER, WORD_NO,     WORD_GREETING,
                                              WORD_RIGHT,  WORD_THANKS, WORD_SKIP};
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++)
        if (heard_is(heard, range.from, remarks[i]) == range.to - range.from)
            return true;
    return false;
}

/* What is left when the sentence around it is taken off; true when there was one. */
static bool take_off_frames(const struct heard *heard, struct range *range)
{
    bool is_framed = false;
    for (int round = 0; round < FRAMES_ROUNDS && unframe_politely(heard, range); round++) {
        *range = trim(heard, *range);
        is_framed = true;
    }
    if (unframe_within(heard, range)) {
        *range = trim(heard, *range);
        is_framed = true;
    }
    return is_framed;
}

enum certainty { NO_NAME, BARE_NAME, FRAMED_NAME };

/* The name within the words; they are all of the answer, or one of its sentences. */
static enum certainty find_name(const struct heard *heard, struct range words, struct range *name)
{
    struct range trimmed = trim(heard, words);
    struct range cut = cut_origin(heard, cut_end(heard, cut_numbers(heard, trimmed)));
    struct range all = {words.from, cut.to < trimmed.to ? cut.to : words.to}, range = trim(heard, cut);
    bool is_of_another =
        heard->count > 1 && heard_is(heard, range.from, WORD_NAME_END) > 0; /* "born in Pune" */
    if (range.from >= range.to || is_of_another ||
        (name_is_frame(heard, range) && !talk_is_also_name(heard, range)))
        return NO_NAME;
    range = trim(heard, talk_cut_correction(heard, range));
    bool is_framed = take_off_frames(heard, &range);
    range = drop_titles(heard, talk_cut_spelling(heard, cut_consent(heard, range)));
    bool is_also_name = talk_is_also_name(heard, range);
    if (range.from < range.to && !is_also_name && talk_has(heard, range)) {
        is_framed = talk_names(heard, all, &range);
        if (!is_framed)
            return NO_NAME;
        range = drop_titles(heard, range);
    }
    if (range.from >= range.to || (is_remark(heard, range) && !is_also_name) || has_markup(heard, range) ||
        is_sentence(heard, range) || letters_of(heard, range) < 2)
        return NO_NAME;
    *name = range;
    return is_framed ? FRAMED_NAME : BARE_NAME;
}

static bool is_sentence_end(const struct heard *heard, size_t at)
{
    static const char ends[] = ".,;!?|";
    for (size_t i = 0; i + 1 < sizeof ends; i++)
        if (heard_is_mark(heard, at, ends[i]))
            return true;
    return false;
}

/* "I am Rahul and you?" */
static bool asks_back(const struct heard *heard, struct range sentence)
{
    for (size_t at = sentence.from + 1; at < sentence.to; at++)
        if (heard_is(heard, at, WORD_NAME_END))
            return true;
    return false;
}

/* "Rahul. And yours?", "I want my chart. I am Deepa": one of several sentences has the name. Without a frame
 * around it, it stands in front. */
static enum certainty find_name_in_sentences(const struct heard *heard, struct range *name)
{
    size_t names = 0, others = 0;
    enum certainty result = NO_NAME;
    for (size_t from = 0, at = 0; at <= heard->count; at++) {
        if (at < heard->count && !is_sentence_end(heard, at))
            continue;
        struct range sentence = {from, at}, found;
        from = at + 1;
        if (sentence.from == sentence.to || talk_is_all(heard, sentence))
            continue;
        bool is_asked = heard_is_mark(heard, at, '?');
        enum certainty certainty =
            is_asked && !asks_back(heard, sentence) ? NO_NAME : find_name(heard, sentence, &found);
        if (certainty == FRAMED_NAME || (certainty == BARE_NAME && names + others == 0)) {
            *name = found;
            result = certainty;
            names++;
        } else {
            others++;
        }
    }
    return names == 1 ? result : NO_NAME;
}

static enum certainty find_in_all(const struct heard *heard, struct range *name)
{
    struct range all = {0, heard->count};
    enum certainty found = has_question_mark(heard) ? NO_NAME : find_name(heard, all, name);
    return found != NO_NAME ? found : find_name_in_sentences(heard, name);
}

/* "First name Rahul, last name Sharma". */
static struct str name_by_parts(const struct heard *heard)
{
    struct range parts[NAME_PARTS_MAX];
    struct buf name = {.arena = heard->arena};
    size_t count = name_parts_of(heard, parts);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_put_char(&name, ' ');
        buf_put(&name, original(heard, parts[i]));
    }
    return buf_str(&name);
}

/* "May 1960", "बीस मई उन्नीस सौ साठ", "साढ़े पाँच": when, and nothing else. A month or a number by itself may be
 * a name: June Das. */
static bool tells_when(const struct heard *heard)
{
    static const enum word_class small[] = {WORD_LINK,     WORD_TIME_LINK, WORD_FILLER,     WORD_WEEKDAY,
                                            WORD_AND,      WORD_TALK,      WORD_OCLOCK,     WORD_MINUTE,
                                            WORD_HOUR_AND, WORD_DAY_MARK,  WORD_MONTH_MARK, WORD_YEAR_MARK,
                                            WORD_BIRTHDAY};
    static const enum word_class clock[] = {WORD_DAY_PART, WORD_HOUR_SHIFT, WORD_OCLOCK};
    struct number number;
    size_t numbers = 0, digits = 0, months = 0, clocks = 0;
    for (size_t at = 0; at < heard->count;) {
        size_t count = number_at(heard, at, &number), month = heard_is(heard, at, WORD_MONTH);
        size_t hours = heard_longest_of(heard, at, clock, sizeof clock / sizeof *clock);
        size_t len = heard_longest_of(heard, at, small, sizeof small / sizeof *small);
        numbers += count > 0;
        digits += count > 0 && number.digits > 0;
        months += month > 0 && count == 0;
        clocks += hours > 0 && count == 0;
        len = count > 0 ? count : month > 0 ? month : hours > len ? hours : len;
        if (len == 0 && is_word(heard, at))
            return false;
        at += len > 0 ? len : 1;
    }
    return (months > 0 && (digits > 0 || numbers > 1)) || (clocks > 0 && numbers > 0);
}

struct understood understand_name(const struct lexicon *lexicon, const struct utterance *said,
                                  struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    struct range name;
    if (has_foreign_mark(&heard) || tells_when(&heard))
        return understood_nothing(REASON_NONE);
    struct str parts = name_by_parts(&heard);
    if (parts.len > 0)
        return understood_one(parts);
    if (find_in_all(&heard, &name) == NO_NAME)
        return understood_nothing(REASON_NONE);
    return understood_one(original(&heard, name));
}

bool understand_is_called(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    struct range name;
    return !has_foreign_mark(&heard) && !tells_when(&heard) && find_in_all(&heard, &name) == FRAMED_NAME;
}

bool understand_gives_name(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    return heard_has(&heard, WORD_NAME_CUE) && !has_question_mark(&heard) &&
           understand_is_called(lexicon, said, arena);
}
