/* What does the server say in a web chat's socket? */

#include "gateway/web_words.h"

#include "base/json.h"
#include "channels/web.h"
#include "gateway/payload.h"

static struct json *new_message(const char *type, struct arena *arena)
{
    struct json *message = json_new_object(arena);
    json_set_str(arena, message, "type", str_from(type));
    return message;
}

struct str web_welcome_text(struct str session_key, struct str status, struct arena *arena)
{
    struct json *message = new_message("welcome", arena);
    json_set_str(arena, message, "session_key", session_key);
    json_set_str(arena, message, "status", status);
    return json_print(arena, message);
}

struct str web_ack_text(struct str id, struct arena *arena)
{
    struct json *message = new_message("ack", arena);
    json_set_str(arena, message, "id", id);
    return json_print(arena, message);
}

struct str web_status_text(struct str status, struct arena *arena)
{
    struct json *message = new_message("status", arena);
    json_set_str(arena, message, "status", status);
    return json_print(arena, message);
}

struct str web_typing_text(void)
{
    return STR("{\"type\":\"typing\"}");
}

struct str web_error_text(const struct web_error *error, struct arena *arena)
{
    struct json *message = new_message("error", arena);
    json_set_str(arena, message, "code", str_from(error->code));
    json_set_str(arena, message, "detail", str_from(error->detail));
    if (error->id.len)
        json_set_str(arena, message, "id", error->id);
    return json_print(arena, message);
}

struct str web_heard_words(const struct transcript_row *row, const struct json *said, struct arena *arena)
{
    const struct json *place = json_get(said, "location");
    double latitude, longitude;
    if (json_kind(json_get(said, "choice")) == JSON_TEXT)
        return row->title.len ? row->title : json_text(json_get(said, "choice"));
    if (json_to_double(json_get(place, "latitude"), &latitude) &&
        json_to_double(json_get(place, "longitude"), &longitude))
        return arena_printf(arena, "%.4f, %.4f", latitude, longitude);
    return json_text(json_get(said, "text"));
}

static struct str echo_text(const struct transcript_row *row, struct arena *arena)
{
    const struct json *said;
    if (json_parse(arena, row->body, &said) != ERR_NONE)
        return (struct str){0};
    struct json *message = new_message("echo", arena);
    json_set_int(arena, message, "seq", row->seq);
    json_set_str(arena, message, "id", json_text(json_get(said, "id")));
    json_set_str(arena, message, "text", web_heard_words(row, said, arena));
    return json_print(arena, message);
}

struct str web_row_text(const struct transcript_row *row, struct arena *arena)
{
    struct str degraded[DEGRADED_MAX];
    size_t count = 0;
    struct outbound say;
    if (row->is_heard)
        return echo_text(row, arena);
    if (!payload_read(arena, row->body, &say))
        return (struct str){0};
    return web_message(&say, row->seq, arena, (struct degradations){degraded, &count});
}
