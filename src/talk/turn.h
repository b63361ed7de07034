#pragma once

/* One turn of the conversation while it is made: inside src/talk only. talk.c routes the input; the other
 * files each do one thing to the turn and leave the rest alone. */

#include "talk/answers.h"
#include "talk/call.h"
#include "talk/memory.h"
#include "talk/talk.h"
#include "talk/telling.h"

struct turn {
    const struct script *script;
    const struct flow *flow;
    const struct input *input;
    struct arena *arena;
    struct memory before;       /* as the session came */
    struct memory memory;       /* as it will be kept */
    struct outcome *out;        /* zeroed at first */
    struct str text;            /* what was said, clean and bounded */
    struct commanded command;   /* what the words ask for, if anything */
    struct buf lead;            /* said in front of the next question */
    enum hearing hearing;       /* of the text that is understood now */
    const struct heard **heard; /* the words of the text that was understood last */
    bool has_used_findings; /* the gazetteer's answer belonged to a place in the row, not to what was said */
    bool has_told;          /* what was asked back has been answered in the lead */
    bool has_stored;        /* the answers have changed in this turn */
    uint32_t settled;       /* steps, by index, that need no answer any more; see turn_store */
    enum manner manner;     /* how it is answered */
    uint32_t given;         /* steps, by index, that this input itself has answered */
};

/* A person, or the program that speaks for one: neither we ourselves nor somebody at the dashboard. */
static inline bool turn_is_said(const struct input *input)
{
    return input->kind != INPUT_CHART && input->kind != INPUT_WAKE && input->kind != INPUT_HELP &&
           input->kind != INPUT_DESK;
}

/* stored.c: the answers, which nobody else changes. */
void turn_store(struct turn *turn, const struct json *data, const struct json *steps_completed);
/* In place of all that is stored of the step (NULL: of what has those names); NULL: nothing. */
void turn_store_answer(struct turn *turn, const struct step *step, const struct json *members);
/* The step is the latest of the completed ones: one answer more, or one that was left out. */
void turn_store_completed(struct turn *turn, const struct step *step);
bool turn_is_settled(const struct turn *turn, const struct step *step);
size_t turn_settled_count(const struct turn *turn);

/* talk.c: the only file that changes a status. */
void turn_begin(struct turn *turn);   /* greets and asks the first question */
void turn_finish(struct turn *turn);  /* the last answer is in: chart or end */
void turn_restart(struct turn *turn); /* everything emptied, from the first question */
void turn_collect(struct turn *turn); /* something is to be asked after all */
void turn_give_up(struct turn *turn); /* ends without what it was for */

/* rest.c: nothing is left to ask. */
bool turn_is_at_rest(const struct turn *turn); /* finished, or the chart is being made */
void turn_rest(struct turn *turn);             /* says how things stand then */
struct str turn_rest_words(struct turn *turn); /* the same without the chart, as words */
/* What comes then: commands still work, anything else hears once how things stand. */
void rest_take(struct turn *turn);

/* say.c: words. */
/* From here on it is said so, and in that manner's language: Hindi in Latin letters is spoken as Hindi, and
 * written in them again. */
void turn_answer_in(struct turn *turn, enum manner manner);
struct str turn_words(struct turn *turn, const char *name, const struct filling *fillings);
/* The same; empty when nobody wrote them in that language. */
struct str turn_words_if_any(struct turn *turn, const char *name, const struct filling *fillings);
bool turn_has_words(struct turn *turn, const char *name);
struct telling turn_telling(const struct turn *turn);
/* `<step>.<what>` if someone wrote it, else `<what>.<kind>`; empty when neither exists. */
struct str turn_step_words(struct turn *turn, const struct step *step, const char *what);
void turn_lead(struct turn *turn, struct str text); /* adds a sentence in front of the next question */
/* Says the lead and `text` as one message that asks nothing. */
void turn_say(struct turn *turn, struct str text);
/* The words around the choices of what is said, for channels that need them. */
void turn_announce_choices(struct turn *turn);

#define SPOKEN_POINTS 34 /* of an answer: a list of them is heard in 12 seconds */
/* "Springfield, Illinois" of "Springfield, Illinois, United States": as many of its parts as fit. */
struct str turn_place_parts(struct str place, size_t most);
/* An answer as one would say it: "15 August 1990", "6:30 in the evening", "not known". */
struct str turn_value_words(struct turn *turn, const struct step *step, const struct json *members);
struct str turn_time_words(struct turn *turn, int hour, int minute, bool is_label);
struct str turn_choice_title(struct turn *turn, const struct step *step, struct str id);
struct str turn_step_label(struct turn *turn, const struct step *step);
struct str turn_first_name(struct turn *turn); /* empty when it is not known, or too long for a greeting */

/* ask.c: questions. */
/* The step that is to be answered: one asked once more, else the first missing; NULL: all are settled. */
const struct step *turn_open_step(const struct turn *turn);
void ask_open(struct turn *turn);  /* the open step, the choice of candidates, or the confirmation */
void ask_again(struct turn *turn); /* the question that is open now, whatever it is */
void ask_over(struct turn *turn, enum asking asking); /* EDIT, RESTART, DELETE, CHANGE */
/* Says the lead and `text` as the question that memory.asking names, with its choices and a new number. */
void ask_with(struct turn *turn, struct str text);
/* What is asked while a step is open: the step, which of several was meant, or whether it was heard right. */
enum asking asking_about_step(const struct memory *memory);
void ask_step_again(struct turn *turn, const struct step *step, bool is_edit);

/* offers.c: what the open question offers; ids without the question's number. */
size_t ask_offers(struct turn *turn, struct choice out[OUTBOUND_CHOICES_MAX]);

/* take.c: answers to the open question. */
void take_words(struct turn *turn);
void take_step_words(struct turn *turn, const struct step *step);
void take_several(struct turn *turn, const struct step *step, const struct json *candidates,
                  enum guess guess);
void take_choice(struct turn *turn, struct str value); /* one of ask_offers' ids */
/* The offer that the words name, by number or title; an empty id when they name none. */
struct str take_named(struct turn *turn);
void take_members(struct turn *turn, const struct step *step, const struct json *members);
/* The same, and nothing is asked yet. */
void take_quietly(struct turn *turn, const struct step *step, const struct json *members);

/* follow.c: Someone who writes in another script, or Hindi in Latin letters, is answered so. */
void follow_script(struct turn *turn);

/* carried.c: more than was asked. */
/* Takes all answers that the words carry, where there are several; false: there are not. `asked`: NULL at the
 * confirmation. */
bool carried_takes(struct turn *turn, const struct step *asked);
/* The same of a first message, which nobody asked for: what is nearly everything, or says who they are. */
bool carried_begins(struct turn *turn);

/* heard.c: recordings that were hardly understood. */
bool heard_is_unsure(const struct turn *turn); /* speech, and the recogniser itself has its doubts */
/* A wish, or a yes to what can't be undone, that was hardly heard: asked again; false: it may be taken. */
bool heard_settles(struct turn *turn);
/* Reads an answer back that was hardly heard; false: it may be taken. */
bool heard_doubts(struct turn *turn, const struct step *step, const struct json *members);
/* Asks whether the only candidate, or which of several, was heard. */
void heard_ask_about(struct turn *turn, const struct step *step, const struct json *candidates);

/* correct.c: "no wait, 16th". */
/* Changes an answer that was just given, where the words take it back and say another; false: they don't. */
bool correct_takes(struct turn *turn);
/* What the words make of the answer that is stored, where they name that step: what they leave out stays. */
struct meant correct_meant(struct turn *turn, const struct step *step);
/* The name that was just given, once more and longer; false: it is not that. */
bool correct_completes_name(struct turn *turn);
/* The meaning of what stands behind "no" and "make it", where the whole answer has none. */
struct meant correct_instead(struct turn *turn, const struct step *step, struct meant meant);
void correct_note_latest(struct turn *turn); /* remembers what this turn answered */

/* otherwise.c: what else the words may mean. */
/* Takes them for the rest of a time, a wish to change an answer, or another missing answer; false: for none.
 */
bool otherwise_takes(struct turn *turn, const struct step *asked);
/* A metropolis, where a name is asked out of its turn: takes it for the place of birth, or asks for towns. */
bool otherwise_is_town(struct turn *turn, const struct step *asked);
/* "Change my name", "the year is 1989", while something else is asked. False: that is not said. */
bool otherwise_edits(struct turn *turn, const struct step *asked);
/* The step that a person calls so; NULL when there is none. */
const struct step *otherwise_step_of_field(const struct flow *flow, struct str field);
/* Changes that answer: to what the words bring along, in `rest` or anywhere, else by asking for it. */
void otherwise_edit(struct turn *turn, const struct step *step, struct str rest);
/* At the confirmation: a town that people know, and nothing else, is another place of birth. False: it is
 * none. */
bool otherwise_restates_place(struct turn *turn, struct str words);

/* understand_step.c: what was meant, for one step. */
enum meaning {
    MEANT_VALUE,   /* `members` is the answer */
    MEANT_SEVERAL, /* `candidates`: which? */
    MEANT_UNKNOWN, /* "I don't know" */
    MEANT_NOTHING, /* `why` not */
    MEANT_WAITS    /* the gazetteer must be asked first: out.places is set */
};
struct meant {
    enum meaning meaning;
    const struct json *members;
    const struct json *candidates;
    enum guess guess; /* where there is one candidate */
    const char *why;  /* the end of a phrase's name: none, impossible, future, past … */
    struct str said;  /* of a date that can't be taken: it, as YYYY-MM-DD, with zeros for what is missing */
};
struct utterance turn_utterance(const struct turn *turn, struct str text);
struct str turn_region(const struct turn *turn); /* where the person is from, as far as anything tells */
struct meant step_understand(struct turn *turn, const struct step *step, struct str text);
struct meant step_meaning(struct turn *turn, const struct step *step, const struct understood *found);
/* The same of what was said where no place was asked for: only a place that can be nothing else. */
struct meant step_understand_place_alone(struct turn *turn, const struct step *step, struct str text,
                                         enum renown least);

/* begun.c: an answer that comes in pieces. */
/* The meaning with what was said first, where that makes it surer; else as it is, and kept if it begins one.
 */
struct meant begun_completed(struct turn *turn, const struct step *step, struct meant meant);
void begun_forget(struct turn *turn, const struct step *step);

/* asked.c: what people ask back. */
/* What the flow says to that, while this step is asked (NULL: none is); empty where nobody wrote it. */
struct str asked_words(struct turn *turn, const struct step *step, struct str about);
/* Leads with the answer, where the words ask something that has one. They may hold an answer of ours, too. */
void asked_answer(struct turn *turn);
/* They held none: puts the open question again. False: nothing was asked that could be answered. */
bool asked_was_all(struct turn *turn);

/* miss.c */
void miss_count(struct turn *turn);
void miss_step(struct turn *turn, const struct step *step, const struct meant *meant);
/* Half an answer is no failure: says what is missing and waits. False: it is none. */
bool miss_waits(struct turn *turn, const struct step *step, const struct meant *meant);
void miss_question(struct turn *turn); /* a confirmation or another yes-or-no */
/* Why an answer can't be taken, as a sentence. */
struct str miss_reason(struct turn *turn, const struct step *step, const char *why);
/* The same, and of a day that no month has how many there are. */
struct str miss_told(struct turn *turn, const struct step *step, const struct meant *meant);

/* tap.c: buttons and list rows, also old ones. */
/* False: it is no choice of ours. */
bool tap_choice(struct turn *turn);
/* The step and value that memory.change names; NULL when it names none. */
const struct step *tap_changed_step(const struct turn *turn, struct str *value);
void tap_change(struct turn *turn); /* changing it was confirmed */

/* pin.c */
/* Asks whether they were born where the pin is; false: that is not the question, or no town is near. */
bool pin_suggests(struct turn *turn);

/* command.c */
/* Obeys a command if the text is one; false: it is not. */
bool command_obey(struct turn *turn);
void command_introduce(struct turn *turn); /* HELP by SMS: who we are, how to stop, then help as usual */
void command_agent(struct turn *turn);     /* asked for a person */
void turn_switch_language(struct turn *turn, struct str language, struct str by);

/* erase.c: everything is to be deleted. */
void erase_agreed(struct turn *turn);  /* they confirmed it; a caller is asked by text message as well */
bool erase_settles(struct turn *turn); /* true when the turn is over: that text was answered */

/* reread.c */
/* Understands what was written into the row by hand; true: the gazetteer must be asked first. */
bool reread_answers(struct turn *turn);

/* fields.c */
void fields_take(struct turn *turn);

/* chart.c: what the stars said. */
void chart_remember(struct turn *turn); /* keeps of input.chart what is said of it */
/* "Sun sign: Leo …": what is remembered, in lines; empty when nothing is. */
struct str chart_lines(struct turn *turn);
struct str chart_words(struct turn *turn); /* the same; empty also where a caller may not hear it */
void chart_tell(struct turn *turn);        /* says what came: the signs, then what they may mean */
/* Makes a message one that shows the chart: with its link, and short where characters are paid for. */
void chart_show(struct turn *turn, struct outbound *say);
/* A time that the clocks skipped or repeated: remembers the two that may be meant. False: it is none, or
 * nobody can answer. */
bool chart_doubts(struct turn *turn);
void chart_offer(struct turn *turn, struct choice out[2]);
struct str chart_question(struct turn *turn);
void chart_settle(struct turn *turn, struct str value); /* one of chart_offer's ids: the chart is made anew */
struct str chart_failure(struct turn *turn);            /* an apology, and what can be done */

/* return.c: somebody comes back. */
/* True when the turn is over: they are asked first whether to go on. */
bool return_settles(struct turn *turn);
bool return_asks_caller(struct turn *turn); /* the same, for who calls */
struct str return_question(struct turn *turn);
void return_take_words(struct turn *turn); /* words to that question; and one of its offers */
void return_take(struct turn *turn, struct str value);
void return_begin(struct turn *turn); /* the first thing said in a session that input.beginning tells of */
void return_note_presence(struct turn *turn);

struct str return_words(struct turn *turn, const char *name); /* its {label} names the open question */
bool turn_was_away(const struct turn *turn);                  /* not heard for a while, or by another door */

/* after.c: somebody whose session is finished. */
/* True when the turn is over: they are offered what can be done now, or nothing needs to be said. */
bool after_settles(struct turn *turn);
bool after_asks_caller(struct turn *turn); /* the same, for who calls */
/* The same for who has only the session's key: nothing can be offered, but no message is met with silence. */
bool after_answers_key(struct turn *turn);
/* Says so, and offers another try where the person can be offered something. */
void after_failure(struct turn *turn, struct str words);
struct str after_question(struct turn *turn);
size_t after_offer(struct turn *turn, struct choice out[OUTBOUND_CHOICES_MAX]);
void after_take(struct turn *turn, struct str value); /* one of after_offer's ids */

/* nudge.c: a person who is silent. */
void nudge_plan(struct turn *turn); /* when to look whether they are */
void nudge_wake(struct turn *turn); /* looks */

/* helped.c: an operator's hand. */
void helped(struct turn *turn);

/* desk.c: a person was asked for, and answers from the dashboard. */
bool desk_is_silent(const struct turn *turn); /* the bot leaves the talking to them */
bool desk_asks(struct turn *turn);            /* calls for somebody; false: nobody can be called */
bool desk_settles(struct turn *turn); /* true when the turn is over: somebody else has the conversation */
void desk_wake(struct turn *turn);    /* has nobody come? */
void desk_close(struct turn *turn);   /* last of all: notes what the ticket has to know */
void desk_still(struct turn *turn);   /* says that somebody else answers here */

/* opt_out.c */
/* True when the turn is over: an opt-out, an opt-in, or someone who has opted out. */
bool opt_out_settles(struct turn *turn);
/* STOP, CANCEL, HELP …: sent as an SMS, this alone is never an answer. */
bool opt_out_is_word(struct str text);
