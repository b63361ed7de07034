/* How is something said into a call, and how is the answer gathered? */

#include "channels/voice_say.h"

#include "channels/twiml.h"
#include "channels/wording.h"

#define ACTION_PATH  "/webhooks/twilio/voice"
/* Twilio's limit for one Say is about 4096 characters. */
#define SAY_POINTS   3000
#define HINT_POINTS  100
#define PAUSE_KEYS_S "6" /* silence after the prompt, and between two keys */

/* Voice, locale and the few words that an adapter needs of a language. */
struct tongue {
    struct str language;
    struct str locale;
    struct str voice;
    const char *press; /* choice, number */
};

static const struct tongue tongues[] = {
    {STR_INIT("en"), STR_INIT("en-IN"), STR_INIT("Polly.Raveena"), "For %.*s, press %zu."},
    {STR_INIT("hi"), STR_INIT("hi-IN"), STR_INIT("Polly.Aditi"), "%.*s के लिए %zu दबाइए।"},
};

/* An unknown language is spoken as English: a wrong voice would fail the whole document. */
static const struct tongue *find_tongue(struct str language)
{
    struct str primary = str_slice(language, 0, str_find_char(language, '-'));
    for (size_t i = 0; i < sizeof tongues / sizeof *tongues; i++)
        if (str_eq_nocase(primary, tongues[i].language))
            return &tongues[i];
    return &tongues[0];
}

static struct str words_of(const struct outbound *say, const struct tongue *tongue, struct arena *arena,
                           struct degradations notes)
{
    struct buf text = {.arena = arena};
    buf_put(&text, say->text);
    if (say->template_.name.len) {
        degrade(notes, STR("template to speech"));
        if (text.len == 0)
            put_parameters(&text, say);
    }
    if (say->choice_count)
        degrade(notes, STR("choices to \"press 1\""));
    for (size_t i = 0; i < say->choice_count; i++) {
        struct str title = say->choices[i].title.len ? say->choices[i].title : say->choices[i].id;
        put_line(&text, arena_printf(arena, tongue->press, STR_ARG(title), i + 1));
    }
    if (say->asks_location)
        degrade(notes, STR("location request to speech"));
    if (say->image.len)
        degrade(notes, STR("image left out"));
    if (say->link.url.len) {
        degrade(notes, STR("link left out"));
        put_line(&text, say->link.title);
    }
    return buf_str(&text);
}

static void put_say(struct buf *verbs, const struct outbound *say, struct degradations notes)
{
    const struct tongue *tongue = find_tongue(say->language);
    struct str words = words_of(say, tongue, verbs->arena, notes);
    struct split parts = text_split(words, UNIT_POINT, SAY_POINTS, COMPOSED_MAX);
    if (parts.is_cut)
        degrade(notes, STR("text cut"));
    for (size_t i = 0; i < parts.count; i++) {
        struct buf one = {.arena = verbs->arena};
        buf_put(&one, STR("<Say"));
        twiml_put_attribute(&one, "language", tongue->locale);
        twiml_put_attribute(&one, "voice", tongue->voice);
        buf_put_char(&one, '>');
        twiml_put_text(&one, parts.parts[i]);
        buf_put(&one, STR("</Say>"));
        /* Twilio refuses a document that is too large as a whole; the caller then hears an error. */
        if (verbs->len + one.len > TWIML_BYTES_MAX - 4096)
            degrade(notes, STR("text cut"));
        else
            buf_put(verbs, buf_str(&one));
    }
}

/* The turn after the one that is being answered; reply_to is its "CallSid:turn". */
static int64_t next_turn(const struct outbound *say)
{
    int64_t turn;
    size_t colon = str_find_char(say->reply_to, ':');
    if (colon == STR_NONE || !str_to_int64(str_slice(say->reply_to, colon + 1, say->reply_to.len), &turn))
        return 1;
    return turn + 1;
}

/* How many keys an answer takes at most: it is submitted with the last one. 0: until # or a pause. */
static int keys_of(const struct outbound *say)
{
    switch (say->input) {
    case HINT_DATE:
        return 8; /* DDMMYYYY */
    case HINT_TIME:
        return 4; /* HHMM */
    case HINT_NAME:
    case HINT_PLACE:
    case HINT_CONFIRM:
        return 1; /* only the keys for back, help and choices */
    case HINT_CHOICE:
    case HINT_NONE:
        return say->choice_count > 9 ? 2 : 1;
    }
    return 1;
}

/* The choices' titles help the recogniser. */
static struct str recogniser_hints(const struct outbound *say, struct arena *arena)
{
    struct buf hints = {.arena = arena};
    for (size_t i = 0; i < say->choice_count; i++) {
        struct str title = utf8_truncate(say->choices[i].title, HINT_POINTS);
        if (title.len == 0 || str_find_char(title, ',') != STR_NONE)
            continue;
        if (hints.len)
            buf_put(&hints, STR(", "));
        buf_put(&hints, title);
    }
    return buf_str(&hints);
}

static void put_gather(struct buf *verbs, const struct channel_conf *conf, const struct outbound *say,
                       struct degradations notes)
{
    struct arena *arena = verbs->arena;
    struct str action = arena_printf(arena, "%.*s" ACTION_PATH "?turn=%lld", STR_ARG(conf->public_url),
                                     (long long)next_turn(say));
    struct str hints = recogniser_hints(say, arena);
    buf_put(verbs, STR("<Gather input=\"dtmf speech\""));
    twiml_put_attribute(verbs, "action", action);
    twiml_put_attribute(verbs, "numDigits", arena_printf(arena, "%d", keys_of(say)));
    twiml_put_attribute(verbs, "timeout", STR(PAUSE_KEYS_S));
    twiml_put_attribute(verbs, "speechTimeout", STR("2"));
    twiml_put_attribute(verbs, "language", find_tongue(say->language)->locale);
    if (hints.len)
        twiml_put_attribute(verbs, "hints", hints);
    buf_put(verbs, STR(" actionOnEmptyResult=\"true\">"));
    put_say(verbs, say, notes);
    buf_put(verbs, STR("</Gather>"));
}

static bool expects_answer(const struct outbound *say)
{
    return say->input != HINT_NONE || say->choice_count || say->asks_location;
}

void voice_reply(const struct channel_conf *conf, const struct outbound *say, size_t count,
                 struct arena *arena, struct replied *out)
{
    *out = (struct replied){0};
    struct buf verbs = {.arena = arena};
    for (size_t i = 0; i + 1 < count; i++)
        put_say(&verbs, &say[i], DEGRADATIONS_OF(out));
    if (count && expects_answer(&say[count - 1])) {
        put_gather(&verbs, conf, &say[count - 1], DEGRADATIONS_OF(out));
    } else if (count) {
        put_say(&verbs, &say[count - 1], DEGRADATIONS_OF(out));
        buf_put(&verbs, STR("<Hangup/>"));
    }
    twiml_answer(arena, buf_str(&verbs), &out->response);
}
