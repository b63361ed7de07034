/* Yes, no, or which answer is wrong? The words are taken as signs (right, wrong, a field, a negation …); what
 * the signs say together decides, and where they contradict each other nothing is taken for certain. */

#include "understand/heard.h"

#define SIGNS_MAX      32
#define RESTATED_WORDS 4 /* of an answer given anew behind its field */

struct sign {
    enum word_class class;
    struct str field; /* of WORD_FIELD */
    size_t at, end;   /* tokens */
    bool is_negated;
    bool is_used; /* a negation that belongs to another sign */
};

struct signs {
    struct sign list[SIGNS_MAX];
    size_t count;
    size_t strangers;       /* words that are no sign */
    size_t fillers;         /* and those that say nothing */
    size_t end;             /* the token behind the last of them */
    struct str value_field; /* which answer a date or a time of day among the words is one of */
    bool is_question;
};

/* Where a phrase has two classes of one length the first of these counts. */
static const enum word_class SIGN_CLASSES[] = {
    WORD_FIELD, WORD_CHANGE,  WORD_WRONG,  WORD_RIGHT,      WORD_YES,       WORD_NO,
    WORD_HEDGE, WORD_UNKNOWN, WORD_EXCEPT, WORD_NOT_BEFORE, WORD_NOT_AFTER, WORD_QUESTION,
};

static size_t sign_at(const struct heard *heard, size_t at, struct sign *out)
{
    size_t longest = 0;
    for (size_t i = 0; i < sizeof SIGN_CLASSES / sizeof *SIGN_CLASSES; i++) {
        const struct sense *sense;
        size_t len = heard_phrase(heard, at, SIGN_CLASSES[i], &sense);
        if (len <= longest)
            continue;
        longest = len;
        *out = (struct sign){.class = SIGN_CLASSES[i], .field = sense->text, .at = at};
    }
    return longest;
}

/* "Good morning" calls nothing good, and "never mind" denies nothing. */
static size_t remark_at(const struct heard *heard, size_t at, const struct sign *sign)
{
    size_t greeting = heard_is(heard, at, WORD_GREETING);
    return greeting == 0 && sign->class == WORD_NOT_BEFORE ? heard_is(heard, at, WORD_FILLER) : greeting;
}

/* "समझा नहीं": what is denied there is a word that is no sign. */
static bool denies_stranger(const struct heard *heard, size_t at)
{
    size_t before = at - 1;
    return at > 0 && heard_is(heard, at, WORD_NOT_AFTER) > 0 && heard->list[before].kind == TOKEN_WORD &&
           !heard_is_known(heard, before);
}

/* "1991", "15 August", "6 pm", "7:30": a value says which answer is meant as its name does. */
static struct str value_field_at(const struct heard *heard, size_t at)
{
    const struct token *token = &heard->list[at];
    bool has_number = heard_is_number(heard, at + 1) || (at > 0 && heard_is_number(heard, at - 1));
    bool is_year = heard_is_number(heard, at) && token->digits == 4 && token->number >= 1900;
    if (is_year || (heard_is(heard, at, WORD_MONTH) > 0 && has_number))
        return STR("date");
    bool is_clock = heard_is_number(heard, at) && heard_is_mark(heard, at + 1, ':');
    if (is_clock || heard_is(heard, at, WORD_DAY_PART) > 0 || heard_is(heard, at, WORD_OCLOCK) > 0)
        return STR("time");
    return (struct str){0};
}

static bool is_filler(const struct heard *heard, size_t at)
{
    return heard_is(heard, at, WORD_FILLER) || heard_is(heard, at, WORD_LINK) ||
           heard_is(heard, at, WORD_COMMAND_FILLER);
}

static void collect(const struct heard *heard, struct signs *signs)
{
    for (size_t at = 0; at < heard->count;) {
        struct sign sign = {0};
        size_t len = sign_at(heard, at, &sign);
        if (signs->value_field.len == 0)
            signs->value_field = value_field_at(heard, at);
        size_t remark = remark_at(heard, at, &sign);
        if (remark > len) {
            at += remark;
            continue;
        }
        if (len > 0 && sign.class == WORD_NO && denies_stranger(heard, at))
            sign.class = WORD_NOT_AFTER;
        if (len > 0 && signs->count < SIGNS_MAX) {
            sign.end = at + len;
            signs->list[signs->count++] = sign;
            signs->is_question = signs->is_question || sign.class == WORD_QUESTION;
            at += len;
            signs->end = at;
            continue;
        }
        signs->is_question = signs->is_question || heard_is_mark(heard, at, '?');
        bool is_stranger = heard->list[at].kind == TOKEN_WORD || heard->list[at].kind == TOKEN_NUMBER;
        signs->strangers += is_stranger && !is_filler(heard, at);
        signs->fillers += is_stranger && is_filler(heard, at);
        at++;
    }
}

static bool is_negatable(const struct sign *sign)
{
    return sign->class == WORD_RIGHT || sign->class == WORD_WRONG || sign->class == WORD_CHANGE;
}

#define NEGATION_REACH 6 /* tokens: "not all of it is right" */

/* "I don't agree", but not "no, sure". */
static bool is_denied_yes(const struct heard *heard, const struct sign *before, const struct sign *sign)
{
    return sign->class == WORD_YES && !heard_is(heard, before->at, WORD_NO) && sign->at - before->at <= 2;
}

/* "not right", "sahi nahi hai". */
static void negate(const struct heard *heard, struct signs *signs)
{
    for (size_t i = 0; i < signs->count; i++) {
        struct sign *sign = &signs->list[i];
        if (!is_negatable(sign) && sign->class != WORD_YES)
            continue;
        for (size_t j = i; j > 0 && j + 2 > i; j--) {
            struct sign *before = &signs->list[j - 1];
            bool is_denied = is_negatable(sign) ? sign->at - before->at <= NEGATION_REACH
                                                : is_denied_yes(heard, before, sign);
            if (before->class == WORD_NOT_BEFORE && !before->is_used && is_denied) {
                sign->is_negated = before->is_used = true;
                break;
            }
        }
        struct sign *after = i + 1 < signs->count ? &signs->list[i + 1] : NULL;
        bool is_after =
            is_negatable(sign) && after && heard_is(heard, after->at, WORD_NOT_AFTER) && !after->is_used;
        if (is_after && after->at - sign->at <= 2 && !sign->is_negated)
            sign->is_negated = after->is_used = true;
    }
}

static size_t count_of(const struct signs *signs, enum word_class class, bool is_negated)
{
    size_t count = 0;
    for (size_t i = 0; i < signs->count; i++) {
        const struct sign *sign = &signs->list[i];
        count += sign->class == class && sign->is_negated == is_negated && !sign->is_used;
    }
    return count;
}

/* The field that stands nearest to what says that something is wrong; the first where nothing is called right
 * and all may be. */
static struct str field_of(const struct signs *signs)
{
    struct str field = {0};
    size_t nearest = SIZE_MAX;
    bool is_first_best = count_of(signs, WORD_RIGHT, false) == 0;
    for (size_t i = 0; i < signs->count; i++) {
        if (signs->list[i].class != WORD_FIELD)
            continue;
        size_t distance = SIZE_MAX - 1;
        for (size_t j = 0; j < signs->count; j++) {
            const struct sign *other = &signs->list[j];
            bool is_fault =
                ((other->class == WORD_WRONG || other->class == WORD_CHANGE) && !other->is_negated) ||
                (other->class == WORD_RIGHT && other->is_negated) || other->class == WORD_EXCEPT;
            size_t apart = i > j ? i - j : j - i;
            distance = is_fault && apart < distance ? apart : distance;
        }
        if (distance < nearest && !(is_first_best && field.len > 0)) {
            nearest = distance;
            field = signs->list[i].field;
        }
    }
    return field;
}

/* "Wait, the time was 5:45": who says what it is only hesitates in front. */
static size_t hedges_in_front(const struct signs *signs)
{
    size_t count = 0;
    while (count < signs->count && signs->list[count].class == WORD_HEDGE)
        count++;
    bool has_value = signs->value_field.len > 0 || signs->strangers > 0;
    bool is_told = count < signs->count && signs->list[count].class == WORD_FIELD && has_value;
    return is_told ? count : 0;
}

static struct confirmed judge(const struct signs *signs)
{
    size_t wrong = count_of(signs, WORD_WRONG, false) + count_of(signs, WORD_RIGHT, true);
    size_t right = count_of(signs, WORD_RIGHT, false) + count_of(signs, WORD_WRONG, true) +
                   count_of(signs, WORD_CHANGE, true);
    size_t change = count_of(signs, WORD_CHANGE, false), except = count_of(signs, WORD_EXCEPT, false);
    size_t yes = count_of(signs, WORD_YES, false),
           no = count_of(signs, WORD_NO, false) + count_of(signs, WORD_YES, true);
    size_t stray = count_of(signs, WORD_NOT_BEFORE, false) + count_of(signs, WORD_NOT_AFTER, false);
    bool has_field = count_of(signs, WORD_FIELD, false) > 0;
    size_t lead = hedges_in_front(signs);
    bool is_unsure = count_of(signs, WORD_UNKNOWN, false) + count_of(signs, WORD_HEDGE, false) > lead;
    struct confirmed none = {.confirmation = CONFIRM_NONE};
    if (!has_field && signs->value_field.len > 0 && wrong + change + no + stray > 0 && !is_unsure &&
        !signs->is_question)
        return (struct confirmed){.confirmation = CONFIRM_EDIT, .field = signs->value_field};
    if (has_field) {
        bool is_open = right + yes == 0 && !signs->is_question && !is_unsure;
        bool is_denied = stray > 0 && is_open;
        /* "The name", "the name is Asha Rao": said first, it is what this is about. */
        bool is_first = signs->list[lead].class == WORD_FIELD && signs->strangers <= RESTATED_WORDS;
        bool is_alone = is_open && (signs->strangers == 0 || is_first);
        if (wrong + change + except + no > 0 || is_alone || is_denied)
            return (struct confirmed){.confirmation = CONFIRM_EDIT, .field = field_of(signs)};
        bool is_yes = yes > 0 && signs->strangers <= 1 && !signs->is_question && !is_unsure && stray == 0;
        return is_yes ? (struct confirmed){.confirmation = CONFIRM_YES} : none;
    }
    if (is_unsure || signs->is_question || except > 0)
        return none;
    if (wrong + change > 0)
        return right > 0 ? none : (struct confirmed){.confirmation = CONFIRM_NO};
    if (no > 0)
        return yes + right > 0 || signs->strangers > 3 ? none
                                                       : (struct confirmed){.confirmation = CONFIRM_NO};
    /* "it's not", "ye mera nahi hai" */
    if (stray > 0 && signs->count == 1 && signs->fillers > 0 && signs->strangers == 0)
        return (struct confirmed){.confirmation = CONFIRM_NO};
    bool is_yes = (yes > 0 && signs->strangers <= 2) || (right > 0 && signs->strangers <= 1);
    return is_yes && stray == 0 ? (struct confirmed){.confirmation = CONFIRM_YES} : none;
}

/* "Ravi Kumar" of "naam galat hai, Ravi Kumar", and of "the name is Ravi Kumar, not Ravi"; but of "Nashik,
 * not Agra" nothing. */
static struct str rest_of(const struct heard *heard, const struct signs *signs)
{
    const struct sign *last = signs->count ? &signs->list[signs->count - 1] : NULL;
    bool is_denied_last = last && last->class == WORD_NOT_BEFORE;
    size_t at = signs->end, end = heard->count;
    if (is_denied_last) {
        bool follows_field = signs->count > 1 && last[-1].class == WORD_FIELD;
        at = follows_field ? last[-1].end : end;
        end = last->at;
    }
    while (at < end && (heard->list[at].kind != TOKEN_WORD || is_filler(heard, at)))
        at++;
    if (at >= end)
        return (struct str){0};
    size_t to = is_denied_last ? heard->list[end - 1].to : heard->text.len;
    return str_slice(heard->text, heard->list[at].from, to);
}

bool understand_names_field(const struct lexicon *lexicon, const struct utterance *said, struct str field,
                            struct arena *arena)
{
    const struct sense *sense;
    struct heard heard = hear_closely(lexicon, said, arena);
    for (size_t at = 0; at < heard.count; at++)
        if (heard_phrase(&heard, at, WORD_FIELD, &sense) > 0 && str_eq(sense->text, field))
            return true;
    return false;
}

static struct confirmed hear_keypad(const struct heard *heard)
{
    size_t count = heard->count;
    while (count > 1 && heard_is_mark(heard, count - 1, '#'))
        count--;
    struct str key = count == 1 ? heard->list[0].text : (struct str){0};
    if (str_eq(key, STR("1")))
        return (struct confirmed){.confirmation = CONFIRM_YES};
    return (struct confirmed){.confirmation = str_eq(key, STR("2")) ? CONFIRM_NO : CONFIRM_NONE};
}

static struct confirmed hear_whole(const struct lexicon *lexicon, const struct utterance *said,
                                   struct arena *arena)
{
    struct heard heard = hear_closely(lexicon, said, arena);
    bool is_key = heard.count == 1 && heard_is_number(&heard, 0);
    if (said->hearing == HEARD_KEYPAD || is_key)
        return hear_keypad(&heard);
    struct signs signs = {0};
    collect(&heard, &signs);
    negate(&heard, &signs);
    struct confirmed confirmed = judge(&signs);
    if (confirmed.confirmation == CONFIRM_EDIT || confirmed.confirmation == CONFIRM_NO)
        confirmed.rest = rest_of(&heard, &signs);
    return confirmed;
}

static bool is_end(char c)
{
    return c == '.' || c == '!' || c == '?' || c == '\n';
}

/* Cuts the next sentence off, with the mark that ends it. */
static struct str cut_sentence(struct str *rest)
{
    size_t len = 0;
    while (len < rest->len && !is_end(rest->data[len]))
        len++;
    while (len < rest->len && is_end(rest->data[len]))
        len++;
    struct str sentence = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, len, rest->len);
    return str_trim(sentence);
}

/* "When do I get it?", "Let me check...": takes nothing back, for it speaks of no answer. */
static bool is_aside(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    static const enum word_class about[] = {WORD_FIELD, WORD_WRONG, WORD_CHANGE, WORD_NO, WORD_EXCEPT};
    static const enum word_class slow[] = {WORD_HEDGE, WORD_FILLER, WORD_THANKS, WORD_LINK};
    struct heard heard = hear_closely(lexicon, said, arena);
    bool is_asked = heard_has(&heard, WORD_QUESTION);
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if (heard_has(&heard, about[i]))
            return false;
    for (size_t at = 0; at < heard.count; at++) {
        if (heard_is_number(&heard, at))
            return false;
        is_asked = is_asked || heard_is_mark(&heard, at, '?');
    }
    return is_asked || heard_is_only(&heard, slow, sizeof slow / sizeof *slow);
}

/* "Yes, all correct. When do I get it?": one sentence says yes, and the others nothing of the answers. */
static bool is_yes_beside(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct str rest = said->text;
    size_t yes = 0;
    while (rest.len > 0) {
        struct utterance part = *said;
        part.text = cut_sentence(&rest);
        part.kept = NULL;
        if (part.text.len == 0)
            continue;
        struct confirmed confirmed = hear_whole(lexicon, &part, arena);
        if (confirmed.confirmation == CONFIRM_YES)
            yes++;
        else if (confirmed.confirmation != CONFIRM_NONE || !is_aside(lexicon, &part, arena))
            return false;
    }
    return yes == 1;
}

struct confirmed understand_confirm(const struct lexicon *lexicon, const struct utterance *said,
                                    struct arena *arena)
{
    struct confirmed confirmed = hear_whole(lexicon, said, arena);
    if (confirmed.confirmation == CONFIRM_NONE && is_yes_beside(lexicon, said, arena))
        confirmed.confirmation = CONFIRM_YES;
    return confirmed;
}
