/* What of a session may be seen, and how did its messages look to the person? */

#include "gateway/session_view.h"

#include "gateway/session_mask.h"

#include <string.h>

static void set_text(struct json *object, const char *key, struct str text, bool reveals, struct arena *arena)
{
    if (text.len)
        json_set_str(arena, object, key, reveals ? text : mask_text(text, arena));
}

static struct str words_of_location(const struct json *location, struct arena *arena)
{
    double latitude = 0;
    double longitude = 0;
    json_to_double(json_get(location, "latitude"), &latitude);
    json_to_double(json_get(location, "longitude"), &longitude);
    return str_trim(arena_printf(arena, "%.4f, %.4f %.*s", latitude, longitude,
                                 STR_ARG(json_text(json_get(location, "name")))));
}

/* What the person did, in words: what they wrote, tapped, filled in, or where they stood. */
static struct str words_of_person(const struct json *said, struct arena *arena)
{
    static const char *const members[] = {"text", "choice_title", "choice", "form", "caption", "mime"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct str text = json_text(json_get(said, members[i]));
        if (text.len)
            return text;
    }
    const struct json *location = json_get(said, "location");
    return location ? words_of_location(location, arena) : (struct str){0};
}

/* An SMS says it shorter, where there is a shorter way. */
static struct str words_of_ours(const struct json *found)
{
    const struct json *message = json_get(found, "message");
    struct str brief = json_text(json_get(message, "brief"));
    bool is_sms = str_eq(json_text(json_get(found, "channel")), STR("sms"));
    return is_sms && brief.len ? brief : json_text(json_get(message, "text"));
}

static void show_choices(struct json *entry, const struct json *choices, bool reveals, struct arena *arena)
{
    struct json *titles = json_new_list(arena);
    for (size_t i = 0; i < json_count(choices); i++) {
        struct str title = json_text(json_get(json_at(choices, i), "title"));
        struct str more = json_text(json_get(json_at(choices, i), "description"));
        struct str shown =
            more.len ? arena_printf(arena, "%.*s, %.*s", STR_ARG(title), STR_ARG(more)) : title;
        json_add_str(arena, titles, reveals ? shown : STR("…"));
    }
    if (json_count(titles))
        json_set(arena, entry, "choices", titles);
}

static const struct json *view_entry(const struct json *found, bool reveals, struct arena *arena)
{
    static const char *const plain[] = {"at", "by", "channel", "kind", "state", "error_code"};
    struct json *entry = json_new_object(arena);
    const struct json *message = json_get(found, "message");
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        const struct json *value = json_get(found, plain[i]);
        if (value && json_kind(value) != JSON_NULL_VALUE)
            json_set(arena, entry, plain[i], value);
    }
    set_text(entry, "error_title", json_text(json_get(found, "error_title")), reveals, arena);
    if (str_eq(json_text(json_get(found, "by")), STR("person"))) {
        set_text(entry, "text", words_of_person(message, arena), reveals, arena);
        return entry;
    }
    set_text(entry, "text", words_of_ours(found), reveals, arena);
    set_text(entry, "operator", json_text(json_get(message, "operator")), true, arena);
    show_choices(entry, json_get(message, "choices"), reveals, arena);
    set_text(entry, "link", json_text(json_get(json_get(message, "link"), "url")), reveals, arena);
    set_text(entry, "image", json_text(json_get(message, "image")), reveals, arena);
    return entry;
}

static const struct json *view_transcript(const struct json *found, bool reveals, struct arena *arena)
{
    struct json *transcript = json_new_list(arena);
    for (size_t i = 0; i < json_count(found); i++)
        json_add(arena, transcript, view_entry(json_at(found, i), reveals, arena));
    return transcript;
}

/* Copies an object, masking the text of one member. */
static const struct json *view_masked(const struct json *found, const char *member,
                                      struct str (*mask)(struct str, struct arena *), bool reveals,
                                      struct arena *arena)
{
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < json_count(found); i++) {
        struct json *copy = json_new_object(arena);
        void *iterator = NULL;
        struct str key;
        const struct json *value;
        while (json_each(json_at(found, i), &iterator, &key, &value)) {
            struct str text = json_text(value);
            if (!reveals && text.len && str_eq(key, str_from(member)))
                json_set_str(arena, copy, member, mask(text, arena));
            else
                json_set(arena, copy, arena_cstring(arena, key), value);
        }
        json_add(arena, list, copy);
    }
    return list;
}

static const struct json *view_steps(const struct json *found, struct arena *arena)
{
    const struct json *steps;
    bool is_list = json_parse(arena, json_text(found), &steps) == ERR_NONE && json_kind(steps) == JSON_LIST;
    return is_list ? steps : json_new_list(arena);
}

const struct json *session_view(const struct json *found, bool reveals, struct arena *arena)
{
    struct json *view = json_new_object(arena);
    void *iterator = NULL;
    struct str key;
    const struct json *value;
    while (json_each(found, &iterator, &key, &value)) {
        const char *name = arena_cstring(arena, key);
        struct str text = json_text(value);
        if (strcmp(name, "collected_data") == 0)
            value = mask_answers(text, reveals, arena);
        else if (strcmp(name, "steps_completed") == 0)
            value = view_steps(value, arena);
        else if (strcmp(name, "addresses") == 0)
            value = view_masked(value, "address", mask_address, reveals, arena);
        else if (strcmp(name, "jobs") == 0)
            value = view_masked(value, "last_error", mask_text, reveals, arena);
        else if (strcmp(name, "transcript") == 0)
            value = view_transcript(value, reveals, arena);
        bool is_address = strcmp(name, "session_key") == 0 || strcmp(name, "phone_number") == 0;
        if (!reveals && is_address && text.len)
            json_set_str(arena, view, name, mask_address(text, arena));
        else if (!reveals && strcmp(name, "profile_name") == 0 && text.len)
            json_set_str(arena, view, name, mask_name(text, arena));
        else
            json_set(arena, view, name, value);
    }
    return view;
}
