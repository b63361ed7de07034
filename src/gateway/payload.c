/* How is a message kept between the commit and the sending, or for the transcript? */

#include "gateway/payload.h"

#include <math.h>

static void write_if(struct buf *text, const char *key, struct str value)
{
    if (value.len)
        json_write_str(text, key, value);
}

/* About a kilometre: enough to know the town, not whose door it is. */
static double rounded(double degrees)
{
    return round(degrees * 100) / 100;
}

static void write_location(struct buf *text, const struct location *location)
{
    json_write_open(text, "location", JSON_MEMBERS);
    json_write_double(text, "latitude", rounded(location->latitude));
    json_write_double(text, "longitude", rounded(location->longitude));
    write_if(text, "name", location->name);
    json_write_close(text, JSON_MEMBERS);
}

/* Of several, what the last tells. */
static void write_media(struct buf *text, const struct inbound *said)
{
    struct str mime = {0};
    struct str caption = {0};
    for (size_t i = 0; i < said->media_count; i++) {
        mime = said->media[i].mime.len ? said->media[i].mime : mime;
        caption = said->media[i].caption.len ? said->media[i].caption : caption;
    }
    write_if(text, "mime", mime);
    write_if(text, "caption", caption);
}

struct str said_print(struct arena *arena, const struct inbound *said)
{
    struct buf text = {.arena = arena};
    json_write_open(&text, NULL, JSON_MEMBERS);
    if (said->channel == CHANNEL_WEB)
        write_if(&text, "id", said->provider_id);
    write_if(&text, "text", said->text);
    write_if(&text, "choice", said->choice);
    write_if(&text, "choice_title", said->choice_title);
    write_if(&text, "form", said->form);
    write_if(&text, "reply_to", said->reply_to);
    if (said->location.is_given)
        write_location(&text, &said->location);
    write_media(&text, said);
    if (said->confidence > 0)
        json_write_double(&text, "confidence", said->confidence);
    json_write_close(&text, JSON_MEMBERS);
    return buf_str(&text);
}

static void write_choices(struct buf *text, const struct outbound *say)
{
    json_write_open(text, "choices", JSON_LIST);
    for (size_t i = 0; i < say->choice_count; i++) {
        json_write_open(text, NULL, JSON_MEMBERS);
        json_write_str(text, "id", say->choices[i].id);
        json_write_str(text, "title", say->choices[i].title);
        write_if(text, "description", say->choices[i].description);
        json_write_close(text, JSON_MEMBERS);
    }
    json_write_close(text, JSON_LIST);
    write_if(text, "menu", say->menu);
    write_if(text, "aloud", say->aloud);
}

static void write_link(struct buf *text, struct str url, struct str title)
{
    json_write_open(text, "link", JSON_MEMBERS);
    json_write_str(text, "url", url);
    json_write_str(text, "title", title);
    json_write_close(text, JSON_MEMBERS);
}

struct str payload_print(struct arena *arena, const struct outbound *say)
{
    struct buf text = {.arena = arena};
    json_write_open(&text, NULL, JSON_MEMBERS);
    json_write_str(&text, "text", say->text);
    write_if(&text, "brief", say->brief);
    if (say->choice_count)
        write_choices(&text, say);
    write_if(&text, "image", say->image);
    if (say->link.url.len)
        write_link(&text, say->link.url, say->link.title);
    if (say->asks_location)
        json_write_bool(&text, "asks_location", true);
    write_if(&text, "reply_to", say->reply_to);
    write_if(&text, "language", say->language);
    write_if(&text, "operator", say->by);
    json_write_str(&text, "input", input_hint_name(say->input));
    if (say->is_question && say->input == HINT_NONE)
        json_write_bool(&text, "question", true);
    if (say->is_slow)
        json_write_bool(&text, "slow", true);
    if (say->until_ms)
        json_write_int(&text, "until_ms", say->until_ms);
    json_write_close(&text, JSON_MEMBERS);
    return buf_str(&text);
}

static enum input_hint hint_from(struct str name)
{
    for (int hint = HINT_NONE; hint <= HINT_CONFIRM; hint++)
        if (str_eq(input_hint_name((enum input_hint)hint), name))
            return (enum input_hint)hint;
    return HINT_NONE;
}

static const struct choice *read_choices(struct arena *arena, const struct json *list, size_t *count)
{
    *count = json_count(list) < OUTBOUND_CHOICES_MAX ? json_count(list) : OUTBOUND_CHOICES_MAX;
    struct choice *choices = arena_new_array(arena, struct choice, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct json *choice = json_at(list, i);
        choices[i] = (struct choice){
            .id = json_text(json_get(choice, "id")),
            .title = json_text(json_get(choice, "title")),
            .description = json_text(json_get(choice, "description")),
        };
    }
    return choices;
}

bool payload_read(struct arena *arena, struct str payload, struct outbound *out)
{
    const struct json *object;
    *out = (struct outbound){0};
    if (json_read(arena, arena_copy(arena, payload), &object) != ERR_NONE ||
        json_kind(object) != JSON_MEMBERS)
        return false;
    out->id = json_text(json_get(object, "id"));
    out->text = json_text(json_get(object, "text"));
    out->brief = json_text(json_get(object, "brief"));
    out->choices = read_choices(arena, json_get(object, "choices"), &out->choice_count);
    out->menu = json_text(json_get(object, "menu"));
    out->aloud = json_text(json_get(object, "aloud"));
    out->image = json_text(json_get(object, "image"));
    out->link.url = json_text(json_get(json_get(object, "link"), "url"));
    out->link.title = json_text(json_get(json_get(object, "link"), "title"));
    out->asks_location = json_truth(json_get(object, "asks_location"));
    out->reply_to = json_text(json_get(object, "reply_to"));
    out->language = json_text(json_get(object, "language"));
    out->by = json_text(json_get(object, "operator"));
    out->input = hint_from(json_text(json_get(object, "input")));
    out->is_question = out->input != HINT_NONE || json_truth(json_get(object, "question"));
    out->is_slow = json_truth(json_get(object, "slow"));
    if (!json_to_int64(json_get(object, "until_ms"), &out->until_ms))
        out->until_ms = 0;
    return true;
}

struct str recipient_print(struct arena *arena, struct str to, struct str user_id)
{
    struct buf text = {.arena = arena};
    json_write_open(&text, NULL, JSON_MEMBERS);
    write_if(&text, "to", to);
    write_if(&text, "user_id", user_id);
    json_write_close(&text, JSON_MEMBERS);
    return buf_str(&text);
}

void recipient_read(struct arena *arena, struct str recipient, struct outbound *out)
{
    const struct json *object;
    if (json_read(arena, arena_copy(arena, recipient), &object) != ERR_NONE)
        return;
    out->to = json_text(json_get(object, "to"));
    out->user_id = json_text(json_get(object, "user_id"));
}

static const struct choice *copy_choices(struct arena *arena, const struct choice *choices, size_t count)
{
    struct choice *copies = arena_new_array(arena, struct choice, count);
    for (size_t i = 0; i < count; i++) {
        copies[i] = (struct choice){
            .id = arena_copy(arena, choices[i].id),
            .title = arena_copy(arena, choices[i].title),
            .description = arena_copy(arena, choices[i].description),
        };
    }
    return copies;
}

static const struct message_template *copy_template(struct arena *arena,
                                                    const struct message_template *template_)
{
    struct message_template *copy = arena_new(arena, struct message_template);
    copy->name = arena_copy(arena, template_->name);
    copy->language = arena_copy(arena, template_->language);
    copy->count = template_->count;
    for (size_t i = 0; i < template_->count; i++)
        copy->parameters[i] = arena_copy(arena, template_->parameters[i]);
    return copy;
}

struct outbound outbound_copy(struct arena *arena, const struct outbound *say)
{
    struct outbound copy = *say;
    struct str *const texts[] = {&copy.id,       &copy.to,       &copy.user_id,  &copy.from,
                                 &copy.text,     &copy.image,    &copy.link.url, &copy.link.title,
                                 &copy.reply_to, &copy.language, &copy.brief,    &copy.by,
                                 &copy.menu,     &copy.aloud};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = texts[i]->len ? arena_copy(arena, *texts[i]) : (struct str){0};
    copy.choices = copy_choices(arena, say->choices, say->choice_count);
    if (say->template_)
        copy.template_ = copy_template(arena, say->template_);
    return copy;
}
