#pragma once

/* The common kind of message: what every channel turns its bytes into, and what it makes bytes of.
 * Plain data; texts point into the arena of the turn. Absent texts are empty. */

#include "base/str.h"

/* In the order of the database's enum onboarding_channel. */
enum channel_kind { CHANNEL_WHATSAPP, CHANNEL_WEB, CHANNEL_VOICE, CHANNEL_SMS };
#define CHANNEL_KINDS 4

static inline struct str channel_kind_name(enum channel_kind kind)
{
    static const struct str names[] = {STR_INIT("whatsapp"), STR_INIT("web"), STR_INIT("voice"),
                                       STR_INIT("sms")};
    return names[kind];
}

static inline bool channel_kind_from(struct str name, enum channel_kind *out)
{
    for (int kind = 0; kind < CHANNEL_KINDS; kind++) {
        if (str_eq(name, channel_kind_name((enum channel_kind)kind))) {
            *out = (enum channel_kind)kind;
            return true;
        }
    }
    return false;
}

enum inbound_kind {
    INBOUND_TEXT,
    INBOUND_CHOICE, /* a button or list row: `choice` is its id, `choice_title` what it said */
    INBOUND_LOCATION,
    INBOUND_MEDIA, /* photo, voice note, sticker, document */
    INBOUND_CONTACTS,
    INBOUND_REACTION,   /* `text` is the emoji; empty when it was taken back */
    INBOUND_FORM,       /* `form` is a JSON object */
    INBOUND_SYSTEM,     /* the provider tells something; `text` may be the sender's new number */
    INBOUND_CALL,       /* a call begins */
    INBOUND_DIGITS,     /* keys pressed, in `text` */
    INBOUND_SPEECH,     /* recognised speech in `text`, see `confidence` */
    INBOUND_SILENCE,    /* a caller was asked and said nothing */
    INBOUND_UNSUPPORTED /* the provider could not pass it on */
};

static inline struct str inbound_kind_name(enum inbound_kind kind)
{
    static const struct str names[] = {
        STR_INIT("text"),        STR_INIT("choice"),   STR_INIT("location"), STR_INIT("media"),
        STR_INIT("contacts"),    STR_INIT("reaction"), STR_INIT("form"),     STR_INIT("system"),
        STR_INIT("call"),        STR_INIT("digits"),   STR_INIT("speech"),   STR_INIT("silence"),
        STR_INIT("unsupported"),
    };
    return names[kind];
}

struct location {
    bool is_given;
    double latitude;  /* degrees, -90 to 90; 0.0 is valid */
    double longitude; /* degrees, -180 to 180 */
    struct str name;
    struct str address;
};

struct media {
    struct str id; /* the provider's; or */
    struct str url;
    struct str mime; /* without parameters */
    struct str caption;
};

/* Most media items kept of one message. */
#define INBOUND_MEDIA_MAX  10
/* Longest text kept of one message, bytes; the rest is cut at a character. */
#define INBOUND_TEXT_BYTES 4096

/* One thing a person (or the provider about a person) said. */
struct inbound {
    enum channel_kind channel;
    struct str provider_id; /* unique within the channel for at least 7 days; the dedupe key */
    /* The sender as the provider writes it: E.164, wa_id, short code; absent when withheld. */
    struct str from;
    struct str user_id; /* whose name is the provider's own: WhatsApp's business-scoped user id */
    struct str to;      /* our number: E.164, or WhatsApp's phone_number_id */
    struct str profile_name;
    enum inbound_kind kind;
    struct str text;
    struct str choice;
    struct str choice_title;
    struct str form;
    struct location location;
    const struct media *media; /* INBOUND_MEDIA_MAX at most */
    size_t media_count;
    bool is_unheard;     /* a recording of which no words could be had */
    double confidence;   /* of speech, 0 to 1; 0 also when not known */
    struct str reply_to; /* provider id of the message of ours that this answers */
    struct str opt_out;  /* STOP, START or HELP where the provider has already dealt with the word */
    int64_t at_ms;       /* when it was said, Unix ms; 0 when the provider does not tell */
    bool is_retry; /* a call's turn asked for again because it was not committed in time: it brings no answer
                    */
    /* The sender can't or mustn't be replied to (short code, alphanumeric, ourselves). */
    bool is_unanswerable;
};

enum receipt_status {
    RECEIPT_ACCEPTED,
    RECEIPT_SENT,
    RECEIPT_DELIVERED,
    RECEIPT_READ,
    RECEIPT_FAILED,
    RECEIPT_DELETED
};

static inline struct str receipt_status_name(enum receipt_status status)
{
    static const struct str names[] = {STR_INIT("accepted"), STR_INIT("sent"),   STR_INIT("delivered"),
                                       STR_INIT("read"),     STR_INIT("failed"), STR_INIT("deleted")};
    return names[status];
}

struct delivery_error {
    int64_t code; /* the provider's; 0 for none */
    struct str title;
    bool is_retryable;
    bool is_opt_out;  /* the person has told the provider to stop us */
    bool is_alarming; /* account, number or credentials are broken: nothing will get through */
    int tries;        /* the first included, after which it is hopeless; 0: no such number is known */
    int wait_s;       /* before the next try; 0: no such time is known */
};

/* What a provider says about a message of ours (or, for voice, about a call). */
struct receipt {
    struct str provider_id;
    struct str outbox_id; /* ours, where the provider hands it back: finds a message whose sending we have not
                             recorded yet */
    enum receipt_status status;
    struct str call_status;      /* voice: Twilio's own word; `status` then means nothing */
    int64_t at_ms;               /* 0 when not told */
    struct delivery_error error; /* code 0: none */
};

struct choice {
    struct str id; /* comes back in inbound.choice */
    struct str title;
    struct str description;
};

#define OUTBOUND_CHOICES_MAX    10
#define OUTBOUND_PARAMETERS_MAX 10

/* A message that the provider has approved beforehand, with our values in its blanks. */
struct message_template {
    struct str name;
    struct str language; /* empty: the message's */
    struct str parameters[OUTBOUND_PARAMETERS_MAX];
    size_t count;
};

/* What the answer will be, so that a client can show the right keyboard. */
enum input_hint { HINT_NONE, HINT_NAME, HINT_DATE, HINT_TIME, HINT_PLACE, HINT_CHOICE, HINT_CONFIRM };

static inline struct str input_hint_name(enum input_hint hint)
{
    static const struct str names[] = {STR_INIT("none"),   STR_INIT("name"),  STR_INIT("date"),
                                       STR_INIT("time"),   STR_INIT("place"), STR_INIT("choice"),
                                       STR_INIT("confirm")};
    return names[hint];
}

/* The pages of a birth chart: its owner's, and the one that is handed on. */
enum chart_shown { SHOWS_NO_CHART, SHOWS_OWN_CHART, SHOWS_SHARED_CHART };

/* One thing to say to a person. */
struct outbound {
    struct str id;      /* the outbox row; given to the provider where it hands it back */
    struct str to;      /* as in inbound.from; or */
    struct str user_id; /* WhatsApp business-scoped user id, used where `to` is empty */
    struct str from;    /* our number, as in inbound.to */
    struct str text;
    struct str brief;             /* the text where every character is paid for (SMS); empty: the same */
    const struct choice *choices; /* OUTBOUND_CHOICES_MAX at most */
    size_t choice_count;
    struct str menu;  /* what opens the choices where they are folded into a list; empty: not known */
    struct str aloud; /* the choices as a voice says them; empty: not known */
    struct str image; /* URL */
    struct {
        struct str url;
        struct str title;
    } link;
    bool asks_location;
    const struct message_template *template_; /* said instead; NULL: none */
    struct str reply_to;                      /* provider id of the message it quotes */
    struct str language;                      /* en, hi, … */
    struct str by;                            /* the person at the dashboard who says it; empty: the bot */
    enum input_hint input;
    bool is_question;       /* something is to be answered, even where `input` can't say what kind */
    bool is_slow;           /* voice: said slowly */
    int64_t until_ms;       /* a message that could not leave by then is not sent any more; 0: however late */
    bool is_spare;          /* good to have, and not said at all where characters are paid for */
    enum chart_shown shows; /* its link and picture belong to the message: the gateway adds them */
};
