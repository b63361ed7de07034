/* What does the conversation look like without a program in the browser? */

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/uuid.h"
#include "gateway/chat_page.h"
#include "gateway/html.h"
#include "gateway/payload.h"
#include "gateway/web_words.h"

static const struct str style = STR_INIT(
    ":root{color-scheme:light dark;--back:#f4f2ee;--card:#fff;--ink:#1f1b2d;--soft:#6b6478;--line:#ded9e6;"
    "--edge:#857c99;--mine:#4b3b8f;--mine-ink:#fff}"
    "@media(prefers-color-scheme:dark){:root{--back:#16131f;--card:#221d30;--ink:#efecf6;--soft:#a9a1bb;"
    "--line:#3a3350;--edge:#8d83a5;--mine:#c3b5ff;--mine-ink:#1c1530}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--back);color:var(--ink);font:1rem/1.5 system-ui,'Noto Sans','Noto Sans "
    "Devanagari',sans-serif}"
    "main{max-width:40rem;margin:0 "
    "auto;padding:1rem;height:100vh;height:100dvh;display:flex;flex-direction:column}"
    "h1{font-size:1.15rem;margin:.25rem 0 1rem}"
    /* Turned round, a box begins at its end: the newest is seen, and the field keeps the focus. */
    ".log{flex:1;min-height:0;overflow-y:auto;display:flex;flex-direction:column-reverse}"
    "ol{list-style:none;margin:0;padding:0}"
    "li{position:relative;margin:0 0 .6rem;display:flex}"
    "li p{margin:0;padding:.6rem .85rem;border-radius:1rem;max-width:85%;white-space:pre-line;"
    "overflow-wrap:anywhere;background:var(--card);border:1px solid "
    "var(--line);border-bottom-left-radius:.25rem}"
    "li.mine{justify-content:flex-end}"
    "li.mine p{background:var(--mine);color:var(--mine-ink);border-color:var(--mine);"
    "border-radius:1rem;border-bottom-right-radius:.25rem}"
    "li img{display:block;max-width:100%;height:auto;border-radius:.5rem}"
    "a{color:inherit}"
    ".notice{padding:.6rem .85rem;border:1px solid var(--line);border-left:.3rem solid var(--mine);"
    "border-radius:.4rem;background:var(--card);margin:0 0 1rem}"
    ".bar{padding:.6rem 0 .25rem}"
    ".row{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 .5rem}"
    "button{font:inherit;padding:.65rem 1rem;border-radius:.7rem;border:1px solid var(--mine);"
    "background:var(--card);color:var(--ink);cursor:pointer;min-height:2.75rem;max-width:100%}"
    "button.main{background:var(--mine);color:var(--mine-ink)}"
    "button:focus-visible,input:focus-visible,.log:focus-visible{outline:.2rem solid "
    "var(--mine);outline-offset:.1rem}"
    "input{font:inherit;flex:1 1 10rem;min-width:0;padding:.65rem .85rem;border-radius:.7rem;"
    "border:1px solid var(--edge);background:var(--card);color:var(--ink);min-height:2.75rem}"
    "::placeholder{color:var(--soft);opacity:1}"
    "small{color:var(--soft)}"
    ".away{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);min-height:0;padding:"
    "0;border:0}");

struct writing {
    const struct chat_page *page;
    struct arena *arena;
    struct buf out;
};

static void put(struct writing *writing, struct str html)
{
    buf_put(&writing->out, html);
}

static void put_text(struct writing *writing, struct str text)
{
    html_put_text(&writing->out, text);
}

static struct str words(const struct writing *writing, const char *name, struct str language)
{
    static const struct filling none[] = {{NULL, {0}}};
    return phrase(writing->page->phrases, language, (struct str){0}, name, MANNER_WRITTEN, none,
                  writing->arena);
}

static void put_words(struct writing *writing, const char *name)
{
    put_text(writing, words(writing, name, writing->page->language));
}

static void put_hidden(struct writing *writing, const char *name, struct str value)
{
    buf_printf(&writing->out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    put_text(writing, value);
    put(writing, STR("\">"));
}

/* ---- What was said ---- */

static bool is_web_address(struct str url)
{
    return str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
}

/* Who sees the page tells the two sides by their places; who hears it is told whose words come. */
static void put_speaker(struct writing *writing, const char *name)
{
    put(writing, STR("<span class=\"away\">"));
    put_words(writing, name);
    put(writing, STR(" </span>"));
}

static void put_said(struct writing *writing, const struct outbound *say)
{
    put(writing, STR("<li>"));
    put_speaker(writing, "widget.they");
    put(writing, STR("<p>"));
    if (is_web_address(say->image)) {
        put(writing, STR("<img alt=\""));
        put_words(writing, "widget.picture");
        put(writing, STR("\" src=\""));
        put_text(writing, say->image);
        put(writing, STR("\">"));
    }
    put_text(writing, say->text);
    if (is_web_address(say->link.url)) {
        put(writing, STR("\n<a rel=\"noreferrer\" href=\""));
        put_text(writing, say->link.url);
        put(writing, STR("\">"));
        put_text(writing, say->link.title.len ? say->link.title : say->link.url);
        put(writing, STR("</a>"));
    }
    put(writing, STR("</p></li>\n"));
}

static void put_heard(struct writing *writing, const struct transcript_row *row)
{
    const struct json *said;
    if (json_parse(writing->arena, row->body, &said) != ERR_NONE)
        return;
    put(writing, STR("<li class=\"mine\">"));
    put_speaker(writing, "widget.you");
    put(writing, STR("<p>"));
    put_text(writing, web_heard_words(row, said, writing->arena));
    put(writing, STR("</p></li>\n"));
}

static void put_transcript(struct writing *writing)
{
    struct outbound say;
    put(writing, STR("<div class=\"log\" role=\"region\" tabindex=\"0\" aria-label=\""));
    put_words(writing, "widget.conversation");
    put(writing, STR("\"><ol>\n"));
    for (size_t i = 0; i < writing->page->row_count; i++) {
        const struct transcript_row *row = &writing->page->rows[i];
        if (row->is_heard)
            put_heard(writing, row);
        else if (payload_read(writing->arena, row->body, &say))
            put_said(writing, &say);
    }
    put(writing, STR("</ol></div>\n"));
}

/* The last thing said: its choices and hint are the form's, its question is the page's title. */
static struct outbound last_said(const struct chat_page *page, struct arena *arena)
{
    struct outbound last = {0};
    for (size_t i = page->row_count; i > 0; i--)
        if (!page->rows[i - 1].is_heard && payload_read(arena, page->rows[i - 1].body, &last))
            return last;
    return (struct outbound){0};
}

/* The first sentence of `*rest`, cut off it. */
static struct str cut_sentence(struct str *rest)
{
    static const struct str ends[] = {STR_INIT(". "), STR_INIT("! "), STR_INIT("? "), STR_INIT("। "),
                                      STR_INIT("\n")};
    size_t end = rest->len;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t found = str_find(*rest, ends[i]);
        if (found != STR_NONE && found + ends[i].len < end)
            end = found + ends[i].len;
    }
    struct str sentence = str_trim(str_slice(*rest, 0, end));
    *rest = str_slice(*rest, end, rest->len);
    return sentence;
}

/* "Nice to meet you, Asha! When were you born? For example …": its last sentence that asks. Where none does
 * but an answer is awaited, something was wrong with the last one, and the first sentence says what. */
static struct str question_in(const struct outbound *say)
{
    struct str rest = say->text;
    struct str first = cut_sentence(&rest);
    struct str question = str_ends(first, STR("?")) ? first : (struct str){0};
    while (rest.len) {
        struct str sentence = cut_sentence(&rest);
        if (str_ends(sentence, STR("?")))
            question = sentence;
    }
    return question.len || say->input == HINT_NONE ? question : first;
}

/* ---- What can be said ---- */

static void put_choices(struct writing *writing, const struct outbound *last)
{
    if (!last->choice_count)
        return;
    /* The Enter key presses a form's first button, and shall press none of the choices. */
    put(writing,
        STR("<button class=\"away\" name=\"send\" value=\"1\" tabindex=\"-1\" aria-hidden=\"true\"></button>"
            "<div class=\"row\">"));
    for (size_t i = 0; i < last->choice_count; i++) {
        const struct choice *choice = &last->choices[i];
        put(writing, STR("<button name=\"choice\" value=\""));
        put_text(writing, choice->id);
        put(writing, STR("\">"));
        put_text(writing, choice->title);
        if (choice->description.len) {
            put(writing, STR(" <small>"));
            put_text(writing, choice->description);
            put(writing, STR("</small>"));
        }
        put(writing, STR("</button>"));
    }
    put(writing, STR("</div>\n"));
}

static void put_text_field(struct writing *writing, const struct outbound *last)
{
    put(writing, STR("<div class=\"row\"><label class=\"away\" for=\"text\">"));
    put_words(writing, "chat.answer");
    /* No maxlength: what is pasted would be cut without a word. */
    put(writing, STR("</label><input id=\"text\" name=\"text\" autofocus autocomplete=\""));
    put(writing, last->input == HINT_NAME ? STR("name") : STR("off"));
    put(writing, STR("\" placeholder=\""));
    put_words(writing, "chat.answer");
    put(writing, STR("\" value=\""));
    put_text(writing, writing->page->draft);
    put(writing, writing->page->notice.len ? STR("\" aria-describedby=\"notice\">") : STR("\">"));
    put(writing, STR("<button class=\"main\" name=\"send\" value=\"1\">"));
    put_words(writing, "chat.send");
    put(writing, STR("</button></div>\n"));
}

static void put_form(struct writing *writing, const struct outbound *last)
{
    const struct chat_page *page = writing->page;
    struct str id = page->draft_id.len ? page->draft_id : uuid_text(writing->arena, uuid_random());
    put(writing, STR("<form class=\"bar\" method=\"post\" action=\"chat\" accept-charset=\"utf-8\">\n"));
    put_hidden(writing, "key", page->key);
    put_hidden(writing, "lang", page->language);
    put_hidden(writing, "id", id);
    put_choices(writing, last);
    put_text_field(writing, last);
    if (page->status == SESSION_GENERATING_CHART) {
        put(writing, STR("<div class=\"row\"><button name=\"look\" value=\"1\">"));
        put_words(writing, "chat.look_again");
        put(writing, STR("</button></div>\n"));
    }
    if (session_is_finished(page->status)) {
        put(writing, STR("<div class=\"row\"><a href=\"chat\">"));
        put_words(writing, "widget.fresh");
        put(writing, STR("</a></div>\n"));
    }
    put(writing, STR("</form>\n"));
}

/* One button a language, each in its own words. */
static void put_start(struct writing *writing)
{
    const struct chat_page *page = writing->page;
    struct str languages[LANGUAGES_MAX];
    size_t count = phrasebook_languages(page->phrases, languages, LANGUAGES_MAX);
    put(writing, STR("<form method=\"post\" action=\"chat\" accept-charset=\"utf-8\"><div class=\"row\">"));
    for (size_t i = 0; i < count; i++) {
        buf_printf(&writing->out, "<button class=\"main\" name=\"lang\" value=\"%.*s\" lang=\"%.*s\">",
                   STR_ARG(languages[i]), STR_ARG(languages[i]));
        put_text(writing, words(writing, "chat.start", languages[i]));
        put(writing, STR("</button>"));
    }
    put(writing, STR("</div></form>\n"));
}

/* What is asked stands first: it is what a screen reader says when the page has come. */
static void put_title(struct writing *writing, const struct outbound *last)
{
    struct str question = question_in(last);
    put(writing, STR("<title>"));
    put_text(writing, question);
    if (question.len)
        put(writing, STR(" · "));
    put_words(writing, "chat.title");
    put(writing, STR("</title>\n"));
}

struct str chat_page_html(const struct chat_page *page, struct arena *arena)
{
    struct writing writing = {.page = page, .arena = arena, .out = {.arena = arena}};
    struct outbound last = last_said(page, arena);
    buf_printf(&writing.out, "<!doctype html>\n<html lang=\"%.*s\">\n<head>\n<meta charset=\"utf-8\">\n",
               STR_ARG(page->language));
    put(&writing, STR("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta name=\"robots\" content=\"noindex\">\n"
                      "<link rel=\"icon\" type=\"image/svg+xml\" href=\"icon.svg\">\n"));
    put_title(&writing, &last);
    put(&writing, STR("<style>"));
    put(&writing, style);
    put(&writing, STR("</style>\n</head>\n<body><main>\n<h1>"));
    put_words(&writing, "chat.title");
    put(&writing, STR("</h1>\n"));
    if (page->notice.len) {
        put(&writing, STR("<p class=\"notice\" id=\"notice\" role=\"status\">"));
        put_text(&writing, page->notice);
        put(&writing, STR("</p>\n"));
    }
    if (page->key.len) {
        put_transcript(&writing);
        put_form(&writing, &last);
    } else {
        put(&writing, STR("<p>"));
        put_words(&writing, "chat.intro");
        put(&writing, STR("</p>\n"));
        put_start(&writing);
    }
    put(&writing, STR("</main></body>\n</html>\n"));
    return buf_str(&writing.out);
}

struct str chat_page_policy(struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    sha256(style, digest);
    return arena_printf(arena,
                        "default-src 'none'; style-src 'sha256-%.*s'; img-src 'self'; form-action 'self'; "
                        "base-uri 'none'; frame-ancestors 'none'",
                        STR_ARG(base64_encode(arena, digest, sizeof digest)));
}
