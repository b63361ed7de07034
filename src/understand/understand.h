#pragma once

/* What did the person mean? One function a kind of answer: words in, a value or a doubt out. Pure.
 * All words (months, numbers, parts of the day, fillers, commands) come from the lexicon, which is read from
 * config/lang, section `words`; adding a language is adding a file. Every language's words are tried,
 * the hinted language's first. */

#include "base/clock.h"
#include "base/problem.h"

/* Files of config/lang that are read, at most. */
#define LANGUAGES_MAX 16

struct lexicon;
struct heard; /* an utterance cut into words, and what they may mean */

/* Reads `words` of every .yaml file in the folder; NULL when problems were added. Lives in the arena. */
const struct lexicon *lexicon_load(const char *folder, struct arena *arena, struct problems *problems);

/* A file of that folder is of this language: "en", "hi-Latn". */
bool lexicon_has_language(const struct lexicon *lexicon, struct str language);

enum hearing { HEARD_TEXT, HEARD_SPEECH, HEARD_KEYPAD };

struct utterance {
    struct str text; /* any bytes, at most INBOUND_TEXT_BYTES are looked at */
    enum hearing hearing;
    struct str language; /* hint: the conversation's language, "en", "hi", "hi-Latn" */
    /* ISO country: how ambiguous numeric dates and local phone numbers are read; empty: IN. */
    struct str region;
    bool is_region_guess; /* nobody knows where they are from: 3/7/1985 typed or said is two dates */
    struct date today;    /* in the person's zone */
    /* Where the words of a text are kept, so that the next question about the same text need not cut it
     * again: a slot that lives as long as the arena it was filled from; NULL: nothing is kept. */
    const struct heard **kept;
};

enum finding {
    FOUND,         /* one value, certain */
    FOUND_SEVERAL, /* ambiguous: ask which of `values` */
    FOUND_UNKNOWN, /* "I don't know": an answer, where the question allows it */
    FOUND_NOTHING  /* not an acceptable answer; see `reason` */
};

enum reason {
    REASON_NONE,       /* there is no such value in the answer */
    REASON_IMPOSSIBLE, /* 31 June, 25:00 */
    REASON_FUTURE,
    REASON_TOO_OLD,
    REASON_INCOMPLETE /* a part is missing: a year alone, a country alone */
};

#define VALUES_MAX 6

/* Values are canonical texts: dates YYYY-MM-DD, times HH:MM, names as typed, phones E.164, choices their id.
 * A date that is FOUND_NOTHING because it has not come yet, does not exist, or lacks a part (0000-08-15)
 * stands in values[0] all the same, where anything of it was said. */
struct understood {
    enum finding finding;
    enum reason reason; /* of FOUND_NOTHING */
    struct str values[VALUES_MAX];
    size_t count;
    bool is_guess; /* of FOUND: clear enough, but misspelt; where one can ask, "is that right?" */
};

struct understood understand_name(const struct lexicon *lexicon, const struct utterance *said,
                                  struct arena *arena);
/* Does a sentence around the name say that it is one: "I'm Asha", "mera naam Asha hai"? */
bool understand_is_called(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);
/* The same, with a word for it: "my name is Asha", but not "I'm Asha". */
bool understand_gives_name(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);
struct understood understand_date(const struct lexicon *lexicon, const struct utterance *said,
                                  struct arena *arena);
/* "The 16th": the date that `old` becomes, where what is not named stays as it was. */
struct understood understand_date_changed(const struct lexicon *lexicon, const struct utterance *said,
                                          struct date old, struct arena *arena);
/* "1990", after "15 aug": what both tell together, the later piece counting where they differ. `begun` has
 * zeros for what is missing. For pieces that are incomplete by themselves. */
struct understood understand_date_continued(const struct lexicon *lexicon, const struct utterance *said,
                                            struct date begun, struct arena *arena);
/* "Diwali", "10 Jeth": of a day that can't be taken, is it one that falls on another date each year? */
bool understand_moving_day(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);
/* Do people there write the month first? */
bool region_is_month_first(struct str region);
struct understood understand_time(const struct lexicon *lexicon, const struct utterance *said,
                                  struct arena *arena);
/* A day to come, told from today: "next Monday", "in 3 days", "parso". Nothing but such words: a date written
 * out is understand_date's. A week names no day: REASON_INCOMPLETE. */
struct understood understand_coming_day(const struct lexicon *lexicon, const struct utterance *said,
                                        struct arena *arena);
/* What is left of "the 5th of next month", "15 December next year", and which of them it was. */
enum coming_span { SPAN_NONE, SPAN_MONTH, SPAN_YEAR };
struct str understand_without_span(const struct lexicon *lexicon, const struct utterance *said,
                                   enum coming_span *span, struct arena *arena);
struct understood understand_phone(const struct lexicon *lexicon, const struct utterance *said,
                                   struct arena *arena);
/* The ISO country of a number in E.164 form; empty where it tells none. */
struct str phone_region(struct str e164, struct arena *arena);
/* Surely nobody reads text messages there: a landline or service number, or no number at all. */
bool phone_is_landline(struct str e164);

/* One of several choices. */
struct offered {
    struct str id;
    struct str title;        /* as it is shown */
    const struct str *names; /* what people may call it besides; may be NULL */
    size_t name_count;
};
/* The answer to a question with choices: by its number ("1", "the second", "दो"), its title or another of its
 * names, or by words that only one of them has, in any form and with slips: "kundli dikhani hai" is "Kundli
 * dikhana". What is denied ("not a consultation") is not meant. Values are ids; several that fit equally well
 * are FOUND_SEVERAL. */
struct understood understand_choice(const struct lexicon *lexicon, const struct utterance *said,
                                    const struct offered *choices, size_t count, struct arena *arena);
/* The same of what is only offered beside a question that has other answers too: its number, its title as it
 * stands and is not denied, or the only title that contains all that was said. */
struct understood understand_offer(const struct lexicon *lexicon, const struct utterance *said,
                                   const struct offered *choices, size_t count, struct arena *arena);

enum confirmation { CONFIRM_NONE, CONFIRM_YES, CONFIRM_NO, CONFIRM_EDIT };
struct confirmed {
    enum confirmation confirmation;
    struct str field; /* of CONFIRM_EDIT: a key of the lexicon's `fields` (name, date, time, place, phone,
                         service …) */
    struct str rest;  /* of CONFIRM_EDIT and CONFIRM_NO: what is said behind all that, perhaps the right
                         answer:  "Ravi Kumar" of "the name is wrong, Ravi Kumar"; empty: nothing */
};
struct confirmed understand_confirm(const struct lexicon *lexicon, const struct utterance *said,
                                    struct arena *arena);

/* Is that answer named, by a key of the lexicon's `fields`? */
bool understand_names_field(const struct lexicon *lexicon, const struct utterance *said, struct str field,
                            struct arena *arena);

enum command {
    COMMAND_NONE,
    COMMAND_HELP,
    COMMAND_STOP,
    COMMAND_START,
    COMMAND_RESTART,
    COMMAND_BACK,
    COMMAND_LANGUAGE,
    COMMAND_AGENT,
    COMMAND_STATUS,
    COMMAND_BOT, /* from a person at the dashboard back to the bot */
    COMMAND_DELETE_DATA
};
struct commanded {
    enum command command;
    struct str language; /* of COMMAND_LANGUAGE: "en", "hi" … as the files are named; empty: none was named */
    bool is_bare;        /* the whole utterance is the command, and nothing else */
};
struct commanded understand_command(const struct lexicon *lexicon, const struct utterance *said,
                                    struct arena *arena);

/* "In the morning", "शाम को": a part of the day and nothing else. */
bool understand_day_part(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);

/* "I don't know", "skip", "later", also when a question has no grammar of its own. */
bool understand_unknown(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);
/* "Hi", "namaste ji", and nothing else. */
bool understand_greeting(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);
/* "I'd rather not say", "none of your business". */
bool understand_refusal(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);
bool understand_skip(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);
/* "What is this?", "why do you ask", "yeh kya hai": it asks something back. */
bool understand_question(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);

/* What they ask back, where the words are about something that people usually ask: "cost", "why" …, a key of
 * the lexicon's `asked`; else empty. All keys there are. */
#define ASKED_MAX 32
struct str understand_asked(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);
size_t understand_askable(const struct lexicon *lexicon, const struct str **keys);

/* Is this surely written in that language, rather than in another of the same script ("subah saat baje")? */
bool understand_is_in(const struct lexicon *lexicon, const struct utterance *said, struct str language,
                      struct arena *arena);

/* "Thanks", "ok, great", a heart: wants no answer. */
bool understand_thanks(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);

/* The script that most letters are written in: "Latn", "Deva", … ; empty when there are no letters. */
const char *understand_script(struct str text);
