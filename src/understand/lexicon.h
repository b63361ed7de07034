#pragma once

/* All words of all languages, found by their folded form. Every class of words is one section of `words:` in
 * config/lang/<code>.yaml; the table below is the whole format. */

#include "understand/understand.h"

enum word_shape {
    SHAPE_LIST,     /* [word, phrase of words, …] */
    SHAPE_NUMBERED, /* whole number: [words…] */
    SHAPE_KEYED,    /* text: [words…] */
    SHAPE_FRAMES,   /* ["words {} words", …]: what stands before and after an answer */
    SHAPE_COMBINED  /* command: ["words", "one|other + one|other", …]: all parts in any order */
};

/*  class           section            shape     by ear: spellings that sound alike are the same word */
#define WORD_CLASSES(X)                                                                                        \
    X(FILLER, "fillers", LIST, false) /* um, please, ji: carry nothing */                                      \
    X(LINK, "links", LIST, false)     /* of, the, on, ko: join the parts of an answer */                       \
    X(MONTH, "months", NUMBERED, true)                                                                         \
    X(WEEKDAY, "weekdays", NUMBERED, false) /* from Sunday, which is 0 */                                      \
    X(NUMBER, "numbers", NUMBERED, true)    /* 0 to 99 */                                                      \
    X(TENS, "tens", NUMBERED, false)        /* 20 to 90 where a digit may follow: "twenty one" */              \
    X(ORDINAL, "ordinals", NUMBERED, true)                                                                     \
    X(ORDINAL_ENDING, "ordinal_endings", LIST, false) /* after digits: 15th, 8va */                            \
    X(MULTIPLE, "multiples", NUMBERED, true)          /* 100, 1000 */                                          \
    X(REPEAT, "repeats", NUMBERED, false)             /* double, triple */                                     \
    X(MISHEARD, "misheard", NUMBERED, false)          /* for, to: what a recogniser writes for a number */     \
    X(AND, "and", LIST, false)                                                                                 \
    X(OR, "or", LIST, false)                                                                                   \
    X(DAY_MARK, "day_words", LIST, false) /* says that a number is a day: tarikh */                            \
    X(MONTH_MARK, "month_words", LIST, false)                                                                  \
    X(YEAR_MARK, "year_words", LIST, false)                                                                    \
    X(RELATIVE, "relative_days", NUMBERED, false) /* days from today */                                        \
    X(COMING_DAY, "coming_days", NUMBERED, false) /* the same, of a day to come: kal is tomorrow */            \
    X(COMING_THIS, "coming_this", LIST, false)    /* this Friday */                                            \
    X(COMING_NEXT, "coming_next", LIST, false)                                                                 \
    X(COMING_LINK, "coming_links", LIST, false) /* in three days, teen din baad */                             \
    X(WEEKEND, "weekends", LIST, false)         /* Saturday or Sunday */                                       \
    X(DAY_COUNT, "day_counts", NUMBERED, false) /* how many days a week has */                                 \
    X(FEAST, "feasts", KEYED, false)            /* "25-12": day and month */                                   \
    X(MOVING_DAY, "moving_days", LIST, false)   /* feasts and months by the moon */                            \
    X(BIRTHDAY, "birthday", LIST, false)        /* "today is my birthday" is no date of birth */               \
    X(AGE, "ages", LIST, false)                 /* after a number: years old */                                \
    X(AGE_MARK, "age_words", LIST, false)       /* before a number: age, umar */                               \
    X(CORRECTION, "corrections", LIST, false)   /* what follows replaces what was said */                      \
    X(DAY_PART, "day_parts", KEYED, true)      /* am pm morning day afternoon evening night noon midnight */   \
    X(DAY_LETTER, "day_letters", KEYED, false) /* right after digits: 6:30p */                                 \
    X(CLOCK24, "clock24", LIST, false)         /* hrs: the 24-hour clock is meant */                           \
    X(OCLOCK, "oclock", LIST, true)                                                                            \
    X(PAST, "past", LIST, false)                                                                               \
    X(UNTIL, "until", LIST, false)                                                                             \
    X(HOUR_AND, "hour_and", LIST, false)     /* 6 bajkar 30: minutes after the hour follow */                  \
    X(HOUR_UNTIL, "hour_until", LIST, false) /* 8 bajne mein 10: minutes to the hour follow */                 \
    X(MINUTE, "minutes", LIST, false)                                                                          \
    X(HOUR_PART, "hour_parts", NUMBERED, false)  /* half, quarter: minutes */                                  \
    X(HOUR_SHIFT, "hour_shifts", NUMBERED, true) /* before an hour: saadhe 30, sawa 15, paune -15 */           \
    X(HOUR_FIXED, "hour_fixed", NUMBERED, true)  /* dedh: 90 minutes after 0:00 */                             \
    X(TIME_LINK, "time_links", LIST, false)      /* about, at, around */                                       \
    X(UNKNOWN, "unknown", LIST, false)                                                                         \
    X(KNOW, "know", LIST, false) /* with a negation: unknown */                                                \
    X(SKIP, "skip", LIST, false)                                                                               \
    X(NOT_BEFORE, "not_before", LIST, false) /* negates what follows */                                        \
    X(NOT_AFTER, "not_after", LIST, false)   /* negates what precedes */                                       \
    X(YES, "yes", LIST, true)                                                                                  \
    X(NO, "no", LIST, true)                                                                                    \
    X(RIGHT, "right", LIST, true)                                                                              \
    X(WRONG, "wrong", LIST, true)                                                                              \
    X(CHANGE, "change", LIST, false)                                                                           \
    X(EXCEPT, "except", LIST, false)      /* but: what follows is the part that is wrong */                    \
    X(HEDGE, "hedges", LIST, false)       /* maybe */                                                          \
    X(ASKED, "asked", KEYED, false)       /* "why": what people ask back, by what it is about */               \
    X(QUESTION, "questions", LIST, false) /* what, why, kya */                                                 \
    X(FIELD, "fields", KEYED, false)      /* the answers that can be changed */                                \
    X(COMMAND, "commands", COMBINED, false)                                                                    \
    X(NOT_COMMAND, "not_commands", LIST, false) /* bus stop, my back: no command in spite of its words */      \
    X(COMMAND_FILLER, "command_fillers", LIST, false) /* may stand beside a command */                         \
    X(LANGUAGE, "languages", KEYED, false)                                                                     \
    X(OPTION, "options", LIST, false) /* option, number: before the number of a choice */                      \
    X(LAST, "last", LIST, false)                                                                               \
    X(TITLE, "titles", LIST, false)                                                                            \
    X(HONORIFIC, "honorifics", LIST, false) /* Dr, Prof: part of a name by which nobody is called */           \
    X(NAME_FRAME, "name_frames", FRAMES, false)                                                                \
    X(NAME_END, "name_ends", LIST, false)       /* from, born: what follows the name */                        \
    X(NAME_ORIGIN, "name_origins", LIST, false) /* "…, Delhi se": what goes before is where they are from */ \
    X(NAME_CUE, "name_cues", LIST, false) /* name, called: the talk is about what somebody is called */        \
    X(NAME_PART, "name_parts", NUMBERED, false) /* 1 first name, 2 middle name, 3 last name */                 \
    X(TALK, "talk", LIST, false)                /* I, the, is, very: sentences have them and names do not */   \
    X(NOT_NAME, "not_names", LIST, false)       /* with one of these it is a sentence, not a name */           \
    X(ALSO_NAME, "also_names", LIST, false)     /* talk, and what people are called: Kar, Shahi */             \
    X(PLACE_LINK, "place_links", LIST, false)   /* born, in, city of, mein: around a place */                  \
    X(NEAR, "near", LIST, false)                /* the place that follows is not the answer */                 \
    X(NEAR_AFTER, "near_after", LIST, false)    /* the place before is not the answer */                       \
    X(DISTRICT, "districts", LIST, false)       /* district, tehsil: beside the name of its town */            \
    X(LANDMARK, "landmarks", LIST, false)                                                                      \
    X(ELSEWHERE, "elsewhere", LIST, false)             /* "now I live in": not where they were born */         \
    X(ELSEWHERE_AFTER, "elsewhere_after", LIST, false) /* the same, behind the place: "mein rehta" */          \
    X(REFUSAL, "refusals", LIST, false)                                                                        \
    X(GREETING, "greetings", LIST, true)   /* hi, namaste */                                                   \
    X(SPELLING, "spellings", KEYED, false) /* a word: how else it is texted (kro is karo); one word each */    \
    X(THANKS, "thanks", LIST, false)       /* thanks, ok, great: says something, and wants nothing */

enum word_class {
#define X(name, section, shape, by_ear) WORD_##name,
    WORD_CLASSES(X)
#undef X
        WORD_COMMAND_PART, /* an alternative of a combined command; value: the part's number */
    WORD_CLASS_COUNT
};

/* One meaning of a word or phrase. */
struct sense {
    struct sense *next;
    enum word_class class;
    int value;       /* of numbered classes; of COMMAND the enum command */
    struct str text; /* of keyed classes: the key */
    uint8_t language;
    bool is_doubtful; /* by ear only: words of different values sound like this */
};

/* Classes of words: says at once what is not among them. */
struct class_set {
    uint64_t bits[(WORD_CLASS_COUNT + 63) / 64];
};
static inline bool class_set_has(const struct class_set *set, enum word_class class)
{
    return set->bits[class / 64] >> class % 64 & 1;
}
static inline void class_set_put(struct class_set *set, enum word_class class)
{
    set->bits[class / 64] |= UINT64_C(1) << class % 64;
}

/* A word, or the beginning of a phrase. */
struct word {
    struct str key; /* folded words with a blank between; empty: a free slot */
    struct sense *senses;
    uint32_t hash;
    bool continues; /* a longer phrase begins with it */
};

struct words {
    struct word *slots; /* open addressing */
    size_t mask;
    size_t count;
};

struct frame {
    struct str before, after; /* folded words; may be empty */
    size_t after_count;       /* words of `after` */
};

/* Frames with one initial, which is a byte. */
struct frame_list {
    const struct frame **frames; /* as in the files */
    size_t count;
};

struct number_name {
    struct str name;
    int number;
};

/* A word through whose misspellings one sees. */
struct slip_word {
    struct str word;
    enum word_class class;
    int value;
    struct str text;
};

#define COMBINED_PARTS_MAX 3
#define COMBINED_MAX       640 /* forty a language */
struct combined_command {
    enum command command;
    int parts[COMBINED_PARTS_MAX];
    size_t count;
};

struct lexicon {
    struct words words;
    struct words sounds; /* single Latin words of the classes by ear, by their sound */
    struct frame_list frames_before[UINT8_MAX + 1]; /* those whose `before` begins with it */
    struct frame_list frames_after[UINT8_MAX + 1];  /* those whose `after` ends with such a word */
    const struct combined_command *combined;
    size_t combined_count;
    const struct number_name *month_names; /* single words by name, for slips of the finger */
    size_t month_name_count;
    const struct number_name *tens; /* single words by name, for those that a digit is joined to */
    size_t ten_count;
    const struct slip_word *slip_words; /* by their letters */
    size_t slip_word_count;
    struct str asked[ASKED_MAX]; /* keys of `asked` */
    size_t asked_count;
    struct str languages[LANGUAGES_MAX];
    size_t language_count;
};

extern const struct word_class_info {
    const char *section;
    enum word_shape shape;
    bool is_by_ear;
} WORD_CLASS_INFO[WORD_CLASS_COUNT];

/* FNV-1a, so that a phrase's hash grows word by word. */
#define LEXICON_HASH_START 2166136261u
uint32_t lexicon_hash(uint32_t hash, struct str more);
const struct word *words_find(const struct words *words, struct str key, uint32_t hash); /* or NULL */
/* What the word is another spelling of; empty where it is none. */
struct str lexicon_spelling(const struct lexicon *lexicon, struct str word);
/* The same of one that was looked up: as it is written, and, where it isn't known so, as it sounds. */
struct str word_spelling(struct str text, const struct word *written, const struct word *sounded);
/* The words by ear that sound like it; NULL: there are none. */
const struct word *lexicon_by_ear(const struct lexicon *lexicon, struct str word);
/* Finds the word or makes it; the table grows as needed. */
struct word *words_put(struct words *words, struct str key, struct arena *arena);
