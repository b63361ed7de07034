/* How does the conversation go on by plain HTML forms?
 *
 * chat_page → (a new session begins) → loaded → (what the form says becomes a turn → loaded again) →
 * transcript_came → shown. The form carries an id, so that a page sent twice says nothing twice. */

#include "gateway/chat_page.h"

#include "base/clock.h"
#include "base/form.h"
#include "gateway/limits.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/turn.h"
#include "gateway/web_chat.h"
#include "gateway/web_seq.h"

#define KEY_LEAST    22
#define KEY_MOST     255
/* As the widget has it (MESSAGE_LETTERS in channels/web/composer.js). */
#define TEXT_LETTERS 1000
/* Messages shown at most: the newest. */
#define SHOWN_MAX    (TRANSCRIPT_ROWS_MAX - 10)

struct view {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    const struct channel_conf *conf;
    struct chat_page page;
    struct form form;
    struct inbound said;
    bool has_said; /* and its turn is still to come */
    bool is_too_long;
    int status; /* of the response */
    struct turn_load load;
    struct transcript_ask ask;
};

/* ---- The page ---- */

static void show(struct view *view)
{
    struct arena *arena = view->arena;
    struct http_response response = {.status = view->status, .body = chat_page_html(&view->page, arena)};
    http_add_header(arena, &response, "Content-Type", STR("text/html; charset=utf-8"));
    http_add_header(arena, &response, "Content-Security-Policy", chat_page_policy(arena));
    http_add_header(arena, &response, "Cache-Control", STR("no-store"));
    http_add_header(arena, &response, "Referrer-Policy", STR("no-referrer"));
    respond(view->gateway, view->exchange, view->request, &response);
}

static struct str words(const struct view *view, const char *name)
{
    static const struct filling none[] = {{NULL, {0}}};
    return phrase(view->page.phrases, view->page.language, (struct str){0}, name, MANNER_WRITTEN, none,
                  view->arena);
}

static void show_start(struct view *view, int status, struct str notice)
{
    view->status = status;
    view->page.notice = notice;
    view->page.key = (struct str){0};
    show(view);
}

/* What was typed stays in the field, with its id: sent again, it is said once. */
static void show_trouble(struct view *view)
{
    view->status = 503;
    view->page.notice = words(view, "chat.unavailable");
    view->page.draft = view->said.text;
    view->page.draft_id = form_get(&view->form, "id");
    show(view);
}

static void transcript_came(void *arg, enum err err, const struct transcript_row *rows, size_t count,
                            struct str status)
{
    (void)status;
    struct view *view = arg;
    view->page.rows = rows;
    view->page.row_count = count;
    if (err != ERR_NONE)
        show_trouble(view);
    else
        show(view);
}

/* ---- The session ---- */

static void look_up(struct view *view);

static void said_done(void *arg, const struct turn_result *result)
{
    struct view *view = arg;
    if (result->err != ERR_NONE && result->err != ERR_NOT_FOUND) {
        show_trouble(view);
        return;
    }
    if (result->outcome && result->outcome->erases && result->outcome->say_count) {
        show_start(view, 200, arena_copy(view->arena, result->outcome->says[0].text));
        return;
    }
    look_up(view);
}

static void say(struct view *view)
{
    struct str id = form_get(&view->form, "id");
    struct uuid uuid;
    view->has_said = false;
    uuid = uuid_from_text(id, &uuid) ? uuid : uuid_random();
    id = uuid_text(view->arena, uuid);
    view->said.provider_id = id;
    struct turn_ask ask = {
        .conf = view->conf,
        .channel = CHANNEL_WEB,
        .message_id = arena_printf(view->arena, "%.*s:%.*s",
                                   STR_ARG(uuid_text(view->arena, view->load.session.id)), STR_ARG(id)),
        .said = &view->said,
        .session_key = view->page.key,
        .done = said_done,
        .arg = view,
    };
    turn_start(view->gateway, &ask);
}

static void loaded(void *arg, enum err err)
{
    struct view *view = arg;
    const struct turn_load *load = &view->load;
    if (err != ERR_NONE) {
        show_trouble(view);
        return;
    }
    if (!load->has_session || turn_session_is_expired(load, clock_now_ms())) {
        show_start(view, 404, words(view, "chat.expired"));
        return;
    }
    struct str spoken = phrasebook_language(view->page.phrases, load->session.language);
    if (spoken.len)
        view->page.language = spoken;
    view->page.status = load->session.status;
    if (view->is_too_long)
        view->page.notice = words(view, "chat.too_long");
    if (view->has_said) {
        say(view);
        return;
    }
    int64_t last = web_seq_last(load->guard, view->arena);
    view->ask = (struct transcript_ask){
        .session = load->session.id,
        .after = last > SHOWN_MAX ? last - SHOWN_MAX : 0,
        .done = transcript_came,
        .arg = view,
    };
    transcript_read(web_chat_transcripts(view->gateway->web_chat), &view->ask);
}

static void look_up(struct view *view)
{
    view->load = (struct turn_load){
        .message_key = uuid_random(),
        .brand = view->conf->brand,
        .flow = view->conf->flow,
        .session_key = view->page.key,
        .arena = view->arena,
        .done = loaded,
        .arg = view,
    };
    store_load_turn(view->gateway->store, &view->load);
}

static void begun(void *arg, const struct turn_result *result)
{
    struct view *view = arg;
    if (result->err == ERR_NOT_FOUND) {
        show_start(view, 404, words(view, "chat.unavailable"));
    } else if (result->err != ERR_NONE || !result->outcome) {
        show_start(view, 503, words(view, "chat.unavailable"));
    } else {
        view->page.key = arena_copy(view->arena, result->outcome->next.key);
        look_up(view);
    }
}

static void begin(struct view *view)
{
    struct gateway *gateway = view->gateway;
    int wait_s = limit_take(gateway->limits, LIMIT_SESSION, view->request->client, clock_monotonic_ns());
    if (wait_s) {
        metric_add(gateway->metrics, METRIC_LIMITED, 1);
        show_start(view, 429, words(view, "chat.unavailable"));
        return;
    }
    struct turn_ask ask = {
        .conf = view->conf,
        .channel = CHANNEL_WEB,
        .is_start = true,
        .language = view->page.language,
        .message_id = uuid_text(view->arena, uuid_random()),
        .input = {.kind = INPUT_BEGIN,
                  .today = date_of_ms(clock_now_ms(), view->conf->utc_offset_s),
                  .region = view->conf->region},
        .done = begun,
        .arg = view,
    };
    turn_start(gateway, &ask);
}

/* ---- The form ---- */

static void read_said(struct view *view)
{
    struct str choice = text_clean(view->arena, form_get(&view->form, "choice"));
    struct str text = text_clean(view->arena, str_trim(form_get(&view->form, "text")));
    view->said = (struct inbound){
        .channel = CHANNEL_WEB,
        .kind = choice.len ? INBOUND_CHOICE : INBOUND_TEXT,
        .choice = choice.len <= KEY_MOST ? choice : (struct str){0},
        .text = choice.len ? (struct str){0} : text,
        .to = view->conf->number.len ? view->conf->number : view->conf->id,
    };
    view->is_too_long = !choice.len && utf8_length(text) > TEXT_LETTERS;
    if (view->is_too_long)
        view->page.draft = text;
    bool only_looks = form_get(&view->form, "look").len != 0;
    view->has_said = !only_looks && !view->is_too_long && (view->said.choice.len || view->said.text.len);
}

HANDLER(chat_page)
{
    const struct phrasebook *phrases = gateway->script->phrases;
    const struct channel_conf *conf = gateway->config->channels[CHANNEL_WEB];
    struct view *view = arena_new(arena, struct view);
    bool is_post = str_eq(request->method, STR("POST"));
    if (!conf || !form_parse(arena, is_post ? request->body : request->query, &view->form)) {
        respond_problem(gateway, exchange, request, conf ? ERR_MALFORMED : ERR_NOT_FOUND, (struct str){0},
                        NULL, 0);
        return;
    }
    struct str language = phrasebook_language(phrases, form_get(&view->form, "lang"));
    if (!language.len)
        language = phrasebook_language(phrases, str_slice(http_header_of(request, "Accept-Language"), 0, 2));
    view->gateway = gateway;
    view->exchange = exchange;
    view->request = request;
    view->arena = arena;
    view->conf = conf;
    view->status = 200;
    view->page.phrases = phrases;
    view->page.language = language.len ? language : gateway->config->default_language;
    if (!is_post) {
        show(view);
        return;
    }
    view->page.key = form_get(&view->form, "key");
    read_said(view);
    if (view->page.key.len == 0)
        begin(view);
    else if (view->page.key.len < KEY_LEAST || view->page.key.len > KEY_MOST ||
             !utf8_is_valid(view->page.key))
        show_start(view, 404, words(view, "chat.expired"));
    else
        look_up(view);
}
