/* How is something said into a call, and how is the answer gathered? */

#include "channels/voice_say.h"

#include "base/form.h"
#include "channels/twiml.h"
#include "channels/voice.h"
#include "channels/wording.h"

#define ACTION_PATH  "/webhooks/twilio/voice"
/* Twilio's limit for one Say is about 4096 characters. */
#define SAY_POINTS   3000
#define HINT_POINTS  100
#define PAUSE_KEYS_S "6" /* silence after the prompt, and between two keys */

/* Voice and locale of a language, and what its recogniser may expect. */
struct tongue {
    struct str language;
    struct str locale;
    struct str voice;
    struct str months, hours, answers;
};

static const struct tongue tongues[] = {
    {STR_INIT("en"), STR_INIT("en-IN"), STR_INIT("Polly.Raveena"),
     STR_INIT(
         "January, February, March, April, May, June, July, August, September, October, November, December"),
     STR_INIT("morning, afternoon, evening, night, noon, midnight, half past, I don't know"),
     STR_INIT("yes, no, right, wrong")},
    {STR_INIT("hi"), STR_INIT("hi-IN"), STR_INIT("Polly.Aditi"),
     STR_INIT("जनवरी, फ़रवरी, मार्च, अप्रैल, मई, जून, जुलाई, अगस्त, सितंबर, अक्टूबर, नवंबर, दिसंबर"),
     STR_INIT("सुबह, दोपहर, शाम, रात, बजे, साढ़े, सवा, पौने, पता नहीं"), STR_INIT("हाँ, नहीं, सही, गलत")},
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

static struct str words_of(const struct outbound *say, struct arena *arena, struct degradations notes)
{
    struct buf text = {.arena = arena};
    buf_put(&text, say->text);
    put_template(&text, say, notes, STR("template to speech"));
    if (say->choice_count)
        degrade(notes, STR("choices to keys"));
    if (say->choice_count && say->aloud.len)
        put_line(&text, say->aloud);
    else
        put_numbered(&text, say->choices, say->choice_count);
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

static struct str one_say(struct str words, const struct tongue *tongue, bool is_slow, struct arena *arena)
{
    struct buf one = {.arena = arena};
    buf_put(&one, STR("<Say"));
    twiml_put_attribute(&one, "language", tongue->locale);
    twiml_put_attribute(&one, "voice", tongue->voice);
    buf_put(&one, is_slow ? STR("><prosody rate=\"slow\">") : STR(">"));
    twiml_put_text(&one, words);
    buf_put(&one, is_slow ? STR("</prosody></Say>") : STR("</Say>"));
    return buf_str(&one);
}

static void put_say(struct buf *verbs, const struct outbound *say, struct degradations notes)
{
    const struct tongue *tongue = find_tongue(say->language);
    struct str words = words_of(say, verbs->arena, notes);
    struct split parts = text_split(words, UNIT_POINT, SAY_POINTS, COMPOSED_MAX);
    if (parts.is_cut)
        degrade(notes, STR("text cut"));
    for (size_t i = 0; i < parts.count; i++) {
        struct str one = one_say(parts.parts[i], tongue, say->is_slow, verbs->arena);
        /* Twilio refuses a document that is too large as a whole; the caller then hears an error. */
        if (verbs->len + one.len > TWIML_BYTES_MAX - 4096)
            degrade(notes, STR("text cut"));
        else
            buf_put(verbs, one);
    }
}

/* The language goes along: should the answer's turn not get to the conversation, its caller is still told in
 * the right one. */
static struct str action_url(const struct channel_conf *conf, int64_t turn, int round, struct str language,
                             struct arena *arena)
{
    struct buf url = {.arena = arena};
    buf_printf(&url, "%.*s" ACTION_PATH "?turn=%lld", STR_ARG(conf->public_url), (long long)turn);
    if (round)
        buf_printf(&url, "&round=%d", round);
    if (language.len)
        buf_printf(&url, "&language=%.*s", STR_ARG(url_encode(arena, language)));
    return buf_str(&url);
}

/* How many keys an answer takes at most: it is submitted with the last one. 0: as many as come before # or a
 * pause. */
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
    case HINT_NONE:
        if (say->is_question && say->choice_count == 0)
            return 0;
        return say->choice_count > 9 ? 2 : 1;
    case HINT_CHOICE:
        return say->choice_count > 9 ? 2 : 1;
    }
    return 1;
}

static struct str usual_answers(const struct outbound *say)
{
    const struct tongue *tongue = find_tongue(say->language);
    switch (say->input) {
    case HINT_DATE:
        return tongue->months;
    case HINT_TIME:
        return tongue->hours;
    case HINT_CONFIRM:
        return tongue->answers;
    case HINT_NAME:
    case HINT_PLACE:
    case HINT_CHOICE:
    case HINT_NONE:
        return (struct str){0};
    }
    return (struct str){0};
}

/* The choices' titles, and what such a question is usually answered with, help the recogniser. */
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
    struct str usual = usual_answers(say);
    if (hints.len && usual.len)
        buf_put(&hints, STR(", "));
    buf_put(&hints, usual);
    return buf_str(&hints);
}

/* Everything said before the question is inside it too: a key ends it all. */
static void put_gather(struct buf *verbs, const struct channel_conf *conf, const struct outbound *say,
                       size_t count, struct degradations notes)
{
    struct arena *arena = verbs->arena;
    const struct outbound *question = &say[count - 1];
    struct str hints = recogniser_hints(question, arena);
    int64_t turn = voice_turn_of(question->reply_to) + 1;
    int keys = keys_of(question);
    buf_put(verbs, STR("<Gather input=\"dtmf speech\""));
    twiml_put_attribute(verbs, "action", action_url(conf, turn, 0, question->language, arena));
    if (keys)
        twiml_put_attribute(verbs, "numDigits", arena_printf(arena, "%d", keys));
    twiml_put_attribute(verbs, "timeout", STR(PAUSE_KEYS_S));
    twiml_put_attribute(verbs, "speechTimeout", STR("2"));
    twiml_put_attribute(verbs, "language", find_tongue(question->language)->locale);
    if (hints.len)
        twiml_put_attribute(verbs, "hints", hints);
    buf_put(verbs, STR(" actionOnEmptyResult=\"true\">"));
    for (size_t i = 0; i < count; i++)
        put_say(verbs, &say[i], notes);
    buf_put(verbs, STR("</Gather>"));
}

static bool expects_answer(const struct outbound *say)
{
    return say->is_question || say->input != HINT_NONE || say->choice_count || say->asks_location;
}

void voice_reply(const struct channel_conf *conf, const struct outbound *say, size_t count,
                 struct arena *arena, struct replied *out)
{
    out->degraded_count = 0;
    struct buf verbs = {.arena = arena};
    if (count && expects_answer(&say[count - 1])) {
        put_gather(&verbs, conf, say, count, DEGRADATIONS_OF(out));
    } else if (count) {
        for (size_t i = 0; i < count; i++)
            put_say(&verbs, &say[i], DEGRADATIONS_OF(out));
        buf_put(&verbs, STR("<Hangup/>"));
    }
    twiml_answer(arena, buf_str(&verbs), &out->response);
}

void voice_hold(const struct channel_conf *conf, int64_t turn, int round, struct str language,
                struct arena *arena, struct http_response *out)
{
    struct buf verbs = {.arena = arena};
    buf_put(&verbs, STR("<Pause length=\"1\"/><Redirect method=\"POST\">"));
    twiml_put_text(&verbs, action_url(conf, turn, round, language, arena));
    buf_put(&verbs, STR("</Redirect>"));
    twiml_answer(arena, buf_str(&verbs), out);
}
