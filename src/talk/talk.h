#pragma once

/* The conversation: session and input in, next session and effects out.
 *
 * Read this first. A turn calls talk_step once, or twice when the answer needs the world (a place to look
 * up): then the first call's outcome only carries the query, nothing of it is kept, and the second call gets
 * the same session and the same input with `findings` added. */

#include "talk/flow.h"
#include "talk/phrase.h"
#include "talk/session.h"
#include "understand/place.h"
#include "understand/understand.h"

/* What never changes while a worker runs (until SIGHUP loads it anew). */
struct script {
    const struct flow *flows;
    const struct phrasebook *phrases;
    const struct lexicon *lexicon;
    struct str default_language;
};

enum input_kind {
    INPUT_BEGIN,    /* nobody said anything yet: greet and ask (the API's start, a call) */
    INPUT_WORDS,    /* `text`: typed, spoken or pressed, see `hearing` */
    INPUT_CHOICE,   /* a button or list row of ours: `choice`; `text` is its title */
    INPUT_FIELDS,   /* several answers at once, by step id (the API's data, a form): `fields` */
    INPUT_LOCATION, /* a pin */
    INPUT_OTHER,    /* something that isn't text: photo, voice note, sticker; `other` is its inbound kind */
    INPUT_CHART,    /* the chart was computed: `chart`, or NULL and `chart_error` */
    INPUT_WAKE,     /* nobody said anything: the time that an outcome's `wakes_at_ms` named has come */
    INPUT_HELP,     /* nobody said anything: an operator helps a conversation that is stuck, see `help` */
    INPUT_DESK      /* somebody at the dashboard does `desk_act`; `text` is what they answer */
};

/* What an operator may do for a conversation that is stuck. */
enum help {
    HELP_REPEAT,   /* `repeated` is said once more, as it was */
    HELP_MOVE,     /* the step `moves_to` is asked; "confirm": everything is read back, or what is missing is
                      asked */
    HELP_FAIL,     /* it ends, with an apology */
    HELP_HAND_OVER /* as if its person had asked for a person */
};

/* Who is on the telephone: what a call brings along with each thing said. See call.h. */
struct caller {
    struct str call;        /* names the call; shorter than the provider's id, which is a secret */
    int64_t turn;           /* of the call, from its action URL; 0: the call begins */
    bool is_known;          /* spoke with us before: the language is not asked for again */
    bool is_retry;          /* nothing was committed in time, and what was said then is lost */
    bool can_be_texted;     /* the number takes text messages, and we have a number that sends them */
    struct str web_address; /* where the conversation can be had in a browser */
};

/* People at the dashboard who answer whoever asks for a person. */
struct staff {
    bool is_open;        /* at this hour */
    int64_t patience_ms; /* until it is said that nobody came */
    struct {
        struct str language, text;
    } away[LANGUAGES_MAX]; /* what is said outside their hours, where the operator has own words for it */
    size_t away_count;
};

/* What somebody at the dashboard does with a conversation that was handed over to them. */
enum desk_act {
    DESK_TAKES, /* says that they will answer */
    DESK_ANSWERS,
    DESK_HANDS_BACK, /* to the bot, which asks its open question again */
    DESK_CLOSES      /* the same, without a word */
};

/* A new session of somebody who had one before: how does it begin? */
enum beginning {
    BEGINS_NOT,        /* no new session */
    BEGINS_NEW,        /* from the first question */
    BEGINS_CORRECTION, /* with the answers there were: which of them is to be changed? */
    BEGINS_RETRY       /* with the answers there were, for the chart that failed */
};

struct input {
    enum input_kind kind;
    struct str text;
    enum hearing hearing;
    double confidence; /* of speech; 0 when not known */
    struct str choice;
    const struct json *fields;
    const struct json *chart;         /* an answer of frontdesk-chart, see src/chart/PROTOCOL.md */
    struct str chart_error;           /* its code, or why there was no answer; for a log */
    const struct json *chart_choices; /* with a time that the clocks skipped or repeated: its `choices` */
    bool is_heard;                    /* the person can answer where this is said */
    struct location location;
    enum inbound_kind other; /* of INPUT_OTHER what it is; INBOUND_FORM: a person's form, not a program */
    bool is_recording;       /* `other` is a voice note that can be written down: it comes again, as words */
    bool is_unheard;         /* … and of this one no words could be had */
    struct str provider_opt_out; /* STOP, START, HELP where the provider has dealt with the word already */
    /* The channel's provider acts on STOP, START … itself (SMS): those exact whole-message words opt out
     * silently, and YES, START, UNSTOP opt in only who is opted out. */
    bool has_provider_words;
    bool provider_answers_help; /* HELP and INFO are answered by the provider: stay silent */
    struct str title;           /* who we are, for who asks by HELP; empty: not known */
    bool is_opted_out;          /* this address has opted out of this brand */
    struct str profile_name;
    int64_t now_ms;
    bool is_late;      /* waited for longer than people wait: an apology comes first */
    struct date today; /* in the person's zone */
    struct str region;
    bool is_region_guess;            /* nothing tells where the person is from: see struct utterance */
    const struct findings *findings; /* NULL at first */
    const struct caller *caller;     /* said into a telephone call; NULL: not */
    enum help help;                  /* of INPUT_HELP, with … */
    const struct outbound *repeated;
    struct str moves_to;
    bool is_written; /* came as a message: answered in writing, though the session may have begun as a call */
    struct str door; /* by which the address wrote or called: "sms", "voice" …; empty: by none that says who
                        it is (a session's key, an anonymous call) */
    const struct staff *staff; /* who may be asked for; NULL: nobody */
    enum desk_act desk_act;    /* of INPUT_DESK */
    struct str operator_name;  /* … and who it is */
    bool can_remind;           /* by that door one may be written to unasked, and has written first */
    int32_t utc_offset_s;      /* of the person's zone */
    enum beginning beginning;  /* of a session that `outcome.begins` asked for: nothing is said in it yet */
    struct str speaker;        /* the number (or the anonymous call) that it came from; empty: not known */
};

/* What the turn was, for metrics, the loop guard and the API. */
enum turn_kind {
    TURN_BEGAN,
    TURN_ANSWERED,  /* at least one value was taken */
    TURN_COMMANDED, /* help, back, language, … */
    TURN_GREETED,   /* "hello?" once more: greeted back, and the question put again */
    TURN_MISSED,    /* not understood; the question was asked again, differently */
    TURN_IGNORED, /* changes nothing, needs no reply: a reaction, thanks, an old button with the same value */
    TURN_FINISHED /* the last answer: completed, or the chart is under way */
};

/* What became of the ticket that somebody at the dashboard sees. */
enum ticket_change {
    TICKET_UNCHANGED,
    TICKET_OPENED, /* a person is asked for; or once more */
    TICKET_HEARD,  /* the person said something, perhaps by another door */
    TICKET_TAKEN,
    TICKET_ANSWERED,
    TICKET_CLOSED, /* the bot has the conversation again, or it is over */
    TICKET_MOVED   /* the person has begun another session: it goes along */
};

#define SAYS_MAX         3
#define FIELD_ERRORS_MAX FLOW_STEPS_MAX

struct field_error {
    struct str field;
    struct str code; /* impossible, future, too_old, incomplete, ambiguous, none, unknown_field, wrong_type */
    struct str message; /* in the session's language */
};

struct outcome {
    struct session next; /* to be committed; its version is one more */
    enum turn_kind kind;
    struct outbound says[SAYS_MAX]; /* text, choices, input …; addresses are the gateway's */
    size_t say_count;
    bool wants_places; /* look `places` up and call again with findings; ignore everything else here */
    const struct place_query *places;
    const struct location *near; /* of wants_places: look up the town near this point instead; NULL: don't */
    struct field_error *errors;  /* answers that were not taken, for the API; FIELD_ERRORS_MAX at most */
    size_t error_count;
    /* The person wants another session: make it with talk_another_session, leave this one as it is, and take
     * the same input again, with its `beginning` set; ignore everything else here. */
    enum beginning begins;
    /* Effects, each in the same commit. */
    bool starts_chart;
    const struct json *utc_offset; /* of starts_chart: which of two moments; NULL: no doubt */
    bool keeps_chart;              /* input.chart is this session's profile */
    bool calls_webhook;
    bool listens; /* the voice note is to be written down; nothing is said to it now */
    bool opts_out;
    bool opts_in;
    bool erases;               /* delete everything of this person; `says` is the farewell */
    bool wants_person;         /* asked for a human */
    enum ticket_change ticket; /* of an INPUT_DESK: TICKET_UNCHANGED where it could not be done */
    bool texts;                /* `text_message` goes to the caller's number as an SMS */
    struct outbound text_message;
    int64_t call_turn;   /* of a call: the turn that the question's answer follows */
    int64_t wakes_at_ms; /* an INPUT_WAKE is due then, instead of any asked for before; 0: none is asked for,
                            and after an INPUT_WAKE none is left */
};

/* Advances a conversation by one input, into `*out`. Pure and total: reads only its arguments, touches no
 * clock, no I/O, no globals; an answer that the step cannot accept is a miss, not an error. A finished
 * session stays finished (the gateway begins a new one instead). All memory from the arena. */
void talk_step(const struct script *script, const struct flow *flow, const struct session *now,
               const struct input *input, struct arena *arena, struct outcome *out);

/* A session about to begin: status started, nothing known. Key and id are the caller's randomness. */
struct session talk_new_session(const struct flow *flow, enum channel_kind channel, struct str language,
                                struct uuid id, struct str key, struct arena *arena);

/* The session that an outcome's `begins` asks for; `left` is that outcome's `next`. All but a new one has a
 * copy of its answers. */
struct session talk_another_session(const struct flow *flow, const struct session *left,
                                    enum beginning beginning, enum channel_kind channel, struct uuid id,
                                    struct str key, struct arena *arena);

/* For the API: the id of the open question ("name", "confirm", or "" when nothing is asked) and the missing
 * steps. */
struct str talk_next_step(const struct flow *flow, const struct session *session);
/* Does the chart wait for an answer, because the clocks skipped or repeated the time of birth? */
enum clock_doubt { CLOCK_CLEAR, CLOCK_SKIPPED, CLOCK_CAME_TWICE };
enum clock_doubt talk_clock_doubt(const struct session *session);
size_t talk_missing(const struct flow *flow, const struct session *session, struct str *out, size_t most);

/* Checks flows, phrases and lexicon against each other: a missing phrase, an unreachable step, a label over
 * WhatsApp's limit, a question that a keypad can't answer and has no way out, a question over one SMS segment
 * or a confirmation over two. `segments` counts a text's SMS segments (the channel knows how). Prints the
 * happy path's segment sum a language to *report. Where the words have mistakes (lexicon NULL), what needs
 * them is left out. */
void script_check(const struct script *script, size_t (*segments)(struct str text, bool *is_gsm7),
                  struct arena *arena, struct problems *problems, struct str *report);

/* Loads flows, phrases and words, and checks them. NULL when problems were added. */
const struct script *script_load(const char *flows_folder, const char *lang_folder,
                                 struct str default_language, struct arena *arena, struct problems *problems);
