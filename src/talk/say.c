/* How is it put into words? Phrases, dates, times and answers as a person would say them. */

#include "talk/turn.h"

void turn_answer_in(struct turn *turn, enum manner manner)
{
    const struct phrasebook *book = turn->script->phrases;
    struct str *language = &turn->out->next.language;
    struct str before = *language;
    turn->manner = manner;
    if (manner == MANNER_SPOKEN) {
        *language = phrasebook_spoken(book, before);
        turn->memory.keeps_latin |= !str_eq(*language, before);
    } else if (turn->memory.keeps_latin) {
        struct str latin = phrasebook_in_latin(book, before);
        turn->memory.keeps_latin = false;
        if (latin.len)
            *language = latin;
    }
}

struct telling turn_telling(const struct turn *turn)
{
    return (struct telling){
        .phrases = turn->script->phrases,
        .lexicon = turn->script->lexicon,
        .language = turn->out->next.language,
        .flow = turn->flow->id,
        .manner = turn->manner,
        .arena = turn->arena,
    };
}

struct str turn_words(struct turn *turn, const char *name, const struct filling *fillings)
{
    struct telling telling = turn_telling(turn);
    return tell(&telling, name, fillings);
}

struct str turn_words_if_any(struct turn *turn, const char *name, const struct filling *fillings)
{
    return phrase_if_any(turn->script->phrases, turn->out->next.language, turn->flow->id, name, turn->manner,
                         fillings, turn->arena);
}

bool turn_has_words(struct turn *turn, const char *name)
{
    return phrase_exists(turn->script->phrases, turn->out->next.language, turn->flow->id, name);
}

/* In the variant for who writes the month first, where the words speak of the order. */
static struct str words_in_their_order(struct turn *turn, const struct step *step, struct str name,
                                       const struct filling *fillings)
{
    if (step->kind == ANSWER_DATE && region_is_month_first(turn_region(turn)) &&
        turn_has_words(turn, name.data)) {
        const char *variant = arena_join(turn->arena, name, STR(".month_first")).data;
        struct str words = turn_words_if_any(turn, variant, fillings);
        if (words.len)
            return words;
    }
    return turn_words_if_any(turn, name.data, fillings);
}

struct str turn_step_words(struct turn *turn, const struct step *step, const char *what)
{
    struct filling fillings[] = {{"first_name", turn_first_name(turn)}, {NULL, {0}}};
    struct str name = arena_join(turn->arena, step->id, STR("."), str_from(what));
    struct str words = words_in_their_order(turn, step, name, fillings);
    if (words.len)
        return words;
    name = arena_join(turn->arena, str_from(what), STR("."), str_from(answer_kind_name(step->kind)));
    return words_in_their_order(turn, step, name, fillings);
}

static void join(struct buf *sentences, struct str text)
{
    bool is_line_start = sentences->len && sentences->data[sentences->len - 1] == '\n';
    if (sentences->len && text.len && !is_line_start)
        buf_put_char(sentences, ' ');
    buf_put(sentences, text);
}

void turn_lead(struct turn *turn, struct str text)
{
    join(&turn->lead, text);
}

void turn_say(struct turn *turn, struct str text)
{
    turn_lead(turn, text);
    if (turn->lead.len == 0)
        return;
    struct outbound say = {
        .text = arena_copy(turn->arena, buf_str(&turn->lead)),
        .language = turn->out->next.language,
    };
    turn->lead.len = 0;
    if (turn->out->say_count < SAYS_MAX)
        turn->out->says[turn->out->say_count++] = say;
    else /* the last word counts */
        turn->out->says[SAYS_MAX - 1] = say;
}

static struct str choices_aloud(struct turn *turn, const struct outbound *say)
{
    struct buf aloud = {.arena = turn->arena};
    for (size_t i = 0; i < say->choice_count; i++) {
        struct str number = arena_number(turn->arena, (int64_t)i + 1);
        struct filling fillings[] = {{"title", say->choices[i].title}, {"number", number}, {NULL, {0}}};
        if (i)
            buf_put_char(&aloud, '\n');
        buf_put(&aloud, turn_words(turn, "choices.aloud", fillings));
    }
    return buf_str(&aloud);
}

void turn_announce_choices(struct turn *turn)
{
    for (size_t i = 0; i < turn->out->say_count; i++) {
        struct outbound *say = &turn->out->says[i];
        if (say->choice_count && turn->manner == MANNER_SPOKEN)
            say->aloud = choices_aloud(turn, say);
        else if (say->choice_count)
            say->menu = turn_words(turn, "choices.menu", NULL);
    }
}

static struct str date_words(struct turn *turn, struct date date)
{
    struct telling telling = turn_telling(turn);
    return tell_date(&telling, date);
}

struct str turn_time_words(struct turn *turn, int hour, int minute, bool is_label)
{
    struct telling telling = turn_telling(turn);
    return tell_time(&telling, hour, minute, is_label);
}

struct str turn_choice_title(struct turn *turn, const struct step *step, struct str id)
{
    const char *name = arena_join(turn->arena, step->id, STR(".choices."), id).data;
    return turn_words(turn, name, NULL);
}

struct str turn_place_parts(struct str place, size_t most)
{
    size_t end = 0;
    for (size_t at = 0; at <= place.len;) {
        size_t comma = str_find(str_slice(place, at, place.len), STR(", "));
        size_t next = comma == STR_NONE ? place.len : at + comma;
        if (utf8_length(str_slice(place, 0, next)) > most)
            break;
        end = next;
        at = next + 2;
    }
    return end ? str_slice(place, 0, end) : utf8_truncate(place, most);
}

struct str turn_value_words(struct turn *turn, const struct step *step, const struct json *members)
{
    const struct json *value = json_member(members, step->id);
    struct str text = json_text(value);
    struct date date;
    int hour;
    int minute;
    if (value && members == turn->out->next.data && !call_may_say(turn, step))
        return turn_words(turn, "value.unsaid", NULL);
    if (json_kind(value) == JSON_NULL_VALUE)
        return turn_words(turn, "value.unknown", NULL);
    if (!value)
        return turn_words(turn, "value.skipped", NULL);
    if (step->kind == ANSWER_DATE && date_from_iso(text, &date))
        return date_words(turn, date);
    if (step->kind == ANSWER_TIME && answer_time(text, &hour, &minute))
        return turn_time_words(turn, hour, minute, false);
    if (step->kind == ANSWER_CHOICE)
        return turn_choice_title(turn, step, text);
    if (turn->manner != MANNER_SPOKEN)
        return text;
    return step->kind == ANSWER_PLACE ? turn_place_parts(text, SPOKEN_POINTS)
                                      : utf8_truncate(text, SPOKEN_POINTS);
}

struct str turn_step_label(struct turn *turn, const struct step *step)
{
    return turn_words(turn, arena_join(turn->arena, step->id, STR(".label")).data, NULL);
}

struct str turn_first_name(struct turn *turn)
{
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        const struct json *answer = step->kind == ANSWER_NAME && turn_is_settled(turn, step)
                                        ? json_member(turn->out->next.data, step->id)
                                        : NULL;
        if (!answer || !call_may_say(turn, step))
            continue;
        struct telling telling = turn_telling(turn);
        return tell_first_name(&telling, json_text(answer));
    }
    return (struct str){0};
}
