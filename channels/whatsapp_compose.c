/* How is one thing said on WhatsApp?
 *
 *   template         where the setting names one: nothing else is sent
 *   buttons, list    a question with choices, as the first of: buttons, a list, numbered lines
 *   location request a question for a place
 *   image            with the text as its caption
 *   text             all else
 *
 * A text too long for its form is split: plain text parts first, the form with the last part. */

#include "base/json.h"
#include "channels/whatsapp.h"
#include "channels/wording.h"

/* Meta's limits, in code points. */
#define TEXT_POINTS        4096
#define BODY_POINTS        1024 /* of an interactive message or a caption */
#define BUTTONS_MAX        3
#define ROWS_MAX           10
#define BUTTON_POINTS      20
#define ROW_POINTS         24
#define DESCRIPTION_POINTS 72
#define CHOICE_ID_POINTS   200
#define PARAMETER_POINTS   1024

/* Where Meta wants some and there are none. */
#define NO_WORDS STR("\u2026")

/* The message being composed. */
struct draft {
    const struct channel_conf *conf;
    const struct outbound *say;
    struct arena *arena;
    struct composed *out;
    bool is_last; /* of the requests that say it */
};

/* {"name": text} under that key. */
static void write_one(struct buf *body, const char *key, const char *name, struct str text)
{
    json_write_open(body, key, JSON_MEMBERS);
    json_write_str(body, name, text);
    json_write_close(body, JSON_MEMBERS);
}

/* What every message begins with. Of several the quote stands on the first, our id on the last: what is told
 * of those before it must not pass for news of what is still to be sent. */
static struct buf begin(const struct draft *draft, const char *type)
{
    const struct outbound *say = draft->say;
    struct buf body = {.arena = draft->arena};
    json_write_open(&body, NULL, JSON_MEMBERS);
    json_write_str(&body, "messaging_product", STR("whatsapp"));
    json_write_str(&body, "recipient_type", STR("individual"));
    if (say->to.len)
        json_write_str(&body, "to", str_slice(say->to, say->to.data[0] == '+', say->to.len));
    else
        json_write_str(&body, "recipient", say->user_id);
    if (say->reply_to.len && draft->out->count == 0)
        write_one(&body, "context", "message_id", say->reply_to);
    if (say->id.len && draft->is_last)
        json_write_str(&body, "biz_opaque_callback_data", say->id);
    json_write_str(&body, "type", str_from(type));
    return body;
}

static void finish(const struct draft *draft, struct buf *body)
{
    struct http_request *request = arena_new(draft->arena, struct http_request);
    json_write_close(body, JSON_MEMBERS);
    whatsapp_request(draft->conf, draft->say->from, buf_str(body), draft->arena, request);
    draft->out->requests[draft->out->count++] = request;
}

/* A parameter may hold no line break, no tab, no run of spaces, and must not be empty. */
static struct str clean_parameter(struct arena *arena, struct str parameter)
{
    struct buf clean = {.arena = arena};
    parameter = utf8_truncate(str_trim(parameter), PARAMETER_POINTS);
    for (size_t i = 0; i < parameter.len; i++) {
        char c = parameter.data[i];
        bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
        if (!is_space)
            buf_put_char(&clean, c);
        else if (clean.len && clean.data[clean.len - 1] != ' ')
            buf_put_char(&clean, ' ');
    }
    return clean.len ? buf_str(&clean) : STR("-");
}

static void write_parameters(const struct draft *draft, struct buf *body)
{
    const struct message_template *template_ = draft->say->template_;
    json_write_open(body, "components", JSON_LIST);
    json_write_open(body, NULL, JSON_MEMBERS);
    json_write_str(body, "type", STR("body"));
    json_write_open(body, "parameters", JSON_LIST);
    for (size_t i = 0; i < template_->count; i++) {
        json_write_open(body, NULL, JSON_MEMBERS);
        json_write_str(body, "type", STR("text"));
        json_write_str(body, "text", clean_parameter(draft->arena, template_->parameters[i]));
        json_write_close(body, JSON_MEMBERS);
    }
    json_write_close(body, JSON_LIST);
    json_write_close(body, JSON_MEMBERS);
    json_write_close(body, JSON_LIST);
}

static void compose_template(const struct draft *draft)
{
    const struct outbound *say = draft->say;
    struct str code = say->template_->language.len ? say->template_->language : say->language;
    struct buf body = begin(draft, "template");
    json_write_open(&body, "template", JSON_MEMBERS);
    json_write_str(&body, "name", say->template_->name);
    json_write_open(&body, "language", JSON_MEMBERS);
    json_write_str(&body, "policy", STR("deterministic"));
    json_write_str(&body, "code", code.len ? code : STR("en"));
    json_write_close(&body, JSON_MEMBERS);
    if (say->template_->count)
        write_parameters(draft, &body);
    json_write_close(&body, JSON_MEMBERS);
    finish(draft, &body);
}

static void send_text(const struct draft *draft, struct str text)
{
    struct buf body = begin(draft, "text");
    json_write_open(&body, "text", JSON_MEMBERS);
    json_write_str(&body, "body", text);
    json_write_bool(&body, "preview_url", text_has_link(text));
    json_write_close(&body, JSON_MEMBERS);
    finish(draft, &body);
}

static void send_image(const struct draft *draft, struct str caption)
{
    struct buf body = begin(draft, "image");
    json_write_open(&body, "image", JSON_MEMBERS);
    json_write_str(&body, "link", draft->say->image);
    if (caption.len)
        json_write_str(&body, "caption", caption);
    json_write_close(&body, JSON_MEMBERS);
    finish(draft, &body);
}

/* Starts an interactive message, which finish_interactive ends; its body text must not be empty. */
static struct buf begin_interactive(const struct draft *draft, const char *type, struct str text)
{
    struct buf body = begin(draft, "interactive");
    json_write_open(&body, "interactive", JSON_MEMBERS);
    json_write_str(&body, "type", str_from(type));
    write_one(&body, "body", "text", text.len ? text : NO_WORDS);
    return body;
}

static void finish_interactive(const struct draft *draft, struct buf *body)
{
    json_write_close(body, JSON_MEMBERS);
    finish(draft, body);
}

static void send_location_request(const struct draft *draft, struct str text)
{
    struct buf body = begin_interactive(draft, "location_request_message", text);
    write_one(&body, "action", "name", STR("send_location"));
    finish_interactive(draft, &body);
}

static void send_buttons(const struct draft *draft, struct str text)
{
    const struct outbound *say = draft->say;
    struct buf body = begin_interactive(draft, "button", text);
    if (say->image.len) {
        json_write_open(&body, "header", JSON_MEMBERS);
        json_write_str(&body, "type", STR("image"));
        write_one(&body, "image", "link", say->image);
        json_write_close(&body, JSON_MEMBERS);
    }
    json_write_open(&body, "action", JSON_MEMBERS);
    json_write_open(&body, "buttons", JSON_LIST);
    for (size_t i = 0; i < say->choice_count; i++) {
        json_write_open(&body, NULL, JSON_MEMBERS);
        json_write_str(&body, "type", STR("reply"));
        json_write_open(&body, "reply", JSON_MEMBERS);
        json_write_str(&body, "id", say->choices[i].id);
        json_write_str(&body, "title", say->choices[i].title);
        json_write_close(&body, JSON_MEMBERS);
        json_write_close(&body, JSON_MEMBERS);
    }
    json_write_close(&body, JSON_LIST);
    json_write_close(&body, JSON_MEMBERS);
    finish_interactive(draft, &body);
}

static void write_rows(const struct draft *draft, struct buf *body)
{
    json_write_open(body, "rows", JSON_LIST);
    for (size_t i = 0; i < draft->say->choice_count; i++) {
        const struct choice *choice = &draft->say->choices[i];
        json_write_open(body, NULL, JSON_MEMBERS);
        json_write_str(body, "id", choice->id);
        json_write_str(body, "title", choice->title);
        if (choice->description.len)
            json_write_str(body, "description", choice->description);
        json_write_close(body, JSON_MEMBERS);
    }
    json_write_close(body, JSON_LIST);
}

static void send_list(const struct draft *draft, struct str text)
{
    struct buf body = begin_interactive(draft, "list", text);
    struct str menu = utf8_truncate(draft->say->menu, BUTTON_POINTS);
    json_write_open(&body, "action", JSON_MEMBERS);
    json_write_str(&body, "button", menu.len ? menu : NO_WORDS);
    json_write_open(&body, "sections", JSON_LIST);
    json_write_open(&body, NULL, JSON_MEMBERS);
    write_rows(draft, &body);
    json_write_close(&body, JSON_MEMBERS);
    json_write_close(&body, JSON_LIST);
    json_write_close(&body, JSON_MEMBERS);
    finish_interactive(draft, &body);
}

enum layout { FORM_TEXT, FORM_IMAGE, FORM_LOCATION, FORM_BUTTONS, FORM_LIST };

static bool is_alike(const struct choice *a, const struct choice *b)
{
    return str_eq(a->id, b->id) || (str_eq(a->title, b->title) && str_eq(a->description, b->description));
}

/* Choices that Meta accepts side by side: nothing empty, nothing too long, no two alike. */
static bool choices_fit(const struct outbound *say, size_t title_points)
{
    for (size_t i = 0; i < say->choice_count; i++) {
        const struct choice *choice = &say->choices[i];
        if (choice->id.len == 0 || utf8_length(choice->id) > CHOICE_ID_POINTS || choice->title.len == 0 ||
            utf8_length(choice->title) > title_points ||
            utf8_length(choice->description) > DESCRIPTION_POINTS)
            return false;
        for (size_t k = 0; k < i; k++)
            if (is_alike(choice, &say->choices[k]))
                return false;
    }
    return true;
}

static bool has_descriptions(const struct outbound *say)
{
    for (size_t i = 0; i < say->choice_count; i++)
        if (say->choices[i].description.len)
            return true;
    return false;
}

/* The first form that can show this; what it can't is noted. */
static enum layout choose_form(const struct outbound *say, struct degradations notes)
{
    if (say->choice_count && !say->asks_location) {
        bool is_few = say->choice_count <= BUTTONS_MAX;
        if (is_few && !has_descriptions(say) && choices_fit(say, BUTTON_POINTS))
            return FORM_BUTTONS;
        if (is_few)
            degrade(notes, STR("buttons to a list"));
        if (say->choice_count <= ROWS_MAX && choices_fit(say, ROW_POINTS))
            return FORM_LIST;
    }
    if (say->choice_count)
        degrade(notes, STR("list to numbered lines"));
    if (say->asks_location)
        return FORM_LOCATION;
    return say->image.len ? FORM_IMAGE : FORM_TEXT;
}

static void send_form(const struct draft *draft, enum layout form, struct str text)
{
    switch (form) {
    case FORM_TEXT:
        send_text(draft, text);
        break;
    case FORM_IMAGE:
        send_image(draft, text);
        break;
    case FORM_LOCATION:
        send_location_request(draft, text);
        break;
    case FORM_BUTTONS:
        send_buttons(draft, text);
        break;
    case FORM_LIST:
        send_list(draft, text);
        break;
    }
}

/* Sends all but the end of a text that is too long for an interactive message or a caption, and gives that
 * end. */
static struct str send_beginning(const struct draft *draft, struct str text)
{
    size_t room = COMPOSED_MAX - 1 - draft->out->count;
    struct split split = text_split(text, UNIT_POINT, TEXT_POINTS, room);
    if (split.is_cut)
        degrade(DEGRADATIONS_OF(draft->out), STR("text cut"));
    for (size_t i = 0; i + 1 < split.count; i++)
        send_text(draft, split.parts[i]);
    struct str last = split.parts[split.count - 1];
    if (utf8_length(last) <= BODY_POINTS)
        return last;
    struct str end = text_tail(last, BODY_POINTS);
    send_text(draft, str_trim(str_slice(last, 0, (size_t)(end.data - last.data))));
    return end;
}

static void send_parts(const struct draft *draft, struct str text)
{
    struct split split = text_split(text, UNIT_POINT, TEXT_POINTS, COMPOSED_MAX - draft->out->count);
    if (split.is_cut)
        degrade(DEGRADATIONS_OF(draft->out), STR("text cut"));
    struct draft part = *draft;
    for (size_t i = 0; i < split.count; i++) {
        part.is_last = i + 1 == split.count;
        send_text(&part, split.parts[i]);
    }
}

void whatsapp_compose(const struct channel_conf *conf, const struct outbound *say, struct arena *arena,
                      struct composed *out)
{
    *out = (struct composed){0};
    struct draft draft = {.conf = conf, .say = say, .arena = arena, .out = out};
    if (say->template_) {
        draft.is_last = true;
        compose_template(&draft);
        return;
    }
    enum layout form = choose_form(say, DEGRADATIONS_OF(out));
    bool shows_choices = form == FORM_BUTTONS || form == FORM_LIST;
    struct buf text = {.arena = arena};
    buf_put(&text, say->text);
    put_link(&text, say->link.title, say->link.url);
    if (!shows_choices)
        put_numbered(&text, say->choices, say->choice_count);

    struct str words = str_trim(buf_str(&text));
    if (say->image.len && (form == FORM_LIST || form == FORM_LOCATION)) {
        degrade(DEGRADATIONS_OF(out), STR("image sent apart"));
        send_image(&draft, (struct str){0});
    }
    if (form == FORM_TEXT) {
        send_parts(&draft, words);
        return;
    }
    if (utf8_length(words) > BODY_POINTS)
        words = send_beginning(&draft, words);
    draft.is_last = true;
    send_form(&draft, form, words);
}
