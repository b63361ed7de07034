/* How is a message kept between the commit and the sending, or for the transcript? */

#include "gateway/payload.h"

#include <math.h>

static void set_if(struct arena *arena, struct json *object, const char *key, struct str text)
{
    if (text.len)
        json_set_str(arena, object, key, text);
}

/* About a kilometre: enough to know the town, not whose door it is. */
static double rounded(double degrees)
{
    return round(degrees * 100) / 100;
}

struct str said_print(struct arena *arena, const struct inbound *said)
{
    struct json *object = json_new_object(arena);
    if (said->channel == CHANNEL_WEB)
        set_if(arena, object, "id", said->provider_id);
    set_if(arena, object, "text", said->text);
    set_if(arena, object, "choice", said->choice);
    set_if(arena, object, "choice_title", said->choice_title);
    set_if(arena, object, "form", said->form);
    set_if(arena, object, "reply_to", said->reply_to);
    if (said->location.is_given) {
        struct json *location = json_new_object(arena);
        json_set_double(arena, location, "latitude", rounded(said->location.latitude));
        json_set_double(arena, location, "longitude", rounded(said->location.longitude));
        set_if(arena, location, "name", said->location.name);
        json_set(arena, object, "location", location);
    }
    for (size_t i = 0; i < said->media_count; i++) {
        set_if(arena, object, "mime", said->media[i].mime);
        set_if(arena, object, "caption", said->media[i].caption);
    }
    if (said->confidence > 0)
        json_set_double(arena, object, "confidence", said->confidence);
    return json_print(arena, object);
}

struct str payload_print(struct arena *arena, const struct outbound *say)
{
    struct json *object = json_new_object(arena);
    json_set_str(arena, object, "text", say->text);
    set_if(arena, object, "brief", say->brief);
    if (say->choice_count) {
        struct json *choices = json_new_list(arena);
        for (size_t i = 0; i < say->choice_count; i++) {
            struct json *choice = json_new_object(arena);
            json_set_str(arena, choice, "id", say->choices[i].id);
            json_set_str(arena, choice, "title", say->choices[i].title);
            set_if(arena, choice, "description", say->choices[i].description);
            json_add(arena, choices, choice);
        }
        json_set(arena, object, "choices", choices);
        set_if(arena, object, "menu", say->menu);
        set_if(arena, object, "aloud", say->aloud);
    }
    set_if(arena, object, "image", say->image);
    if (say->link.url.len) {
        struct json *link = json_new_object(arena);
        json_set_str(arena, link, "url", say->link.url);
        json_set_str(arena, link, "title", say->link.title);
        json_set(arena, object, "link", link);
    }
    if (say->asks_location)
        json_set_bool(arena, object, "asks_location", true);
    set_if(arena, object, "reply_to", say->reply_to);
    set_if(arena, object, "language", say->language);
    set_if(arena, object, "operator", say->by);
    json_set_str(arena, object, "input", input_hint_name(say->input));
    if (say->is_question && say->input == HINT_NONE)
        json_set_bool(arena, object, "question", true);
    if (say->is_slow)
        json_set_bool(arena, object, "slow", true);
    if (say->until_ms)
        json_set_int(arena, object, "until_ms", say->until_ms);
    return json_print(arena, object);
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
    struct json *object = json_new_object(arena);
    set_if(arena, object, "to", to);
    set_if(arena, object, "user_id", user_id);
    return json_print(arena, object);
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
        *texts[i] = arena_copy(arena, *texts[i]);
    copy.choices = copy_choices(arena, say->choices, say->choice_count);
    if (say->template_)
        copy.template_ = copy_template(arena, say->template_);
    return copy;
}
