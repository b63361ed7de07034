/* How do the adapters' structs look in JSON? Absent values are left out. */

#include "cli/channel_output.h"

static void set_some(struct arena *arena, struct json *object, const char *key, struct str text)
{
    if (text.len)
        json_set_str(arena, object, key, text);
}

static void set_location(struct arena *arena, struct json *object, const struct location *location)
{
    if (!location->is_given)
        return;
    struct json *place = json_new_object(arena);
    json_set(arena, object, "location", place);
    json_set_double(arena, place, "latitude", location->latitude);
    json_set_double(arena, place, "longitude", location->longitude);
    set_some(arena, place, "name", location->name);
    set_some(arena, place, "address", location->address);
}

static void set_media(struct arena *arena, struct json *object, const struct inbound *message)
{
    if (message->media_count == 0)
        return;
    struct json *list = json_set_list(arena, object, "media");
    for (size_t i = 0; i < message->media_count; i++) {
        const struct media *media = &message->media[i];
        struct json *item = json_add_object(arena, list);
        set_some(arena, item, "id", media->id);
        set_some(arena, item, "url", media->url);
        set_some(arena, item, "mime", media->mime);
        set_some(arena, item, "caption", media->caption);
    }
}

static void put_message(struct arena *arena, struct json *list, const struct inbound *message)
{
    struct json *object = json_add_object(arena, list);
    const struct json *form;
    json_set_str(arena, object, "provider_id", message->provider_id);
    set_some(arena, object, "from", message->from);
    set_some(arena, object, "user_id", message->user_id);
    json_set_str(arena, object, "to", message->to);
    set_some(arena, object, "profile_name", message->profile_name);
    json_set_str(arena, object, "kind", inbound_kind_name(message->kind));
    if (message->text.len || message->kind == INBOUND_TEXT)
        json_set_str(arena, object, "text", message->text);
    set_some(arena, object, "choice", message->choice);
    set_some(arena, object, "choice_title", message->choice_title);
    if (message->form.len && json_parse(arena, message->form, &form) == ERR_NONE)
        json_set(arena, object, "form", form);
    set_location(arena, object, &message->location);
    set_media(arena, object, message);
    if (message->confidence > 0)
        json_set_double(arena, object, "confidence", message->confidence);
    set_some(arena, object, "reply_to", message->reply_to);
    if (message->at_ms)
        json_set_int(arena, object, "at_ms", message->at_ms);
}

static void put_receipt(struct arena *arena, struct json *list, const struct receipt *receipt)
{
    struct json *object = json_add_object(arena, list);
    bool is_call = receipt->call_status.len != 0;
    json_set_str(arena, object, "provider_id", receipt->provider_id);
    json_set_str(arena, object, "status",
                 is_call ? receipt->call_status : receipt_status_name(receipt->status));
    if (receipt->at_ms)
        json_set_int(arena, object, "at_ms", receipt->at_ms);
    if (receipt->error.code == 0 && receipt->error.title.len == 0)
        return;
    struct json *error = json_new_object(arena);
    json_set(arena, object, "error", error);
    json_set_int(arena, error, "code", receipt->error.code);
    json_set_str(arena, error, "title", receipt->error.title);
    json_set_bool(arena, error, "retryable", receipt->error.is_retryable);
}

struct json *batch_json(struct arena *arena, const struct batch *batch)
{
    struct json *root = json_new_object(arena);
    json_set_bool(arena, root, "authentic", true);
    if (batch->is_challenge)
        json_set_str(arena, root, "challenge", batch->challenge);
    struct json *messages = json_set_list(arena, root, "messages");
    for (size_t i = 0; i < batch->message_count; i++)
        put_message(arena, messages, &batch->messages[i]);
    struct json *receipts = json_set_list(arena, root, "receipts");
    for (size_t i = 0; i < batch->receipt_count; i++)
        put_receipt(arena, receipts, &batch->receipts[i]);
    struct json *ignored = json_set_list(arena, root, "ignored");
    for (size_t i = 0; i < batch->ignored_count; i++) {
        struct json *item = json_add_object(arena, ignored);
        json_set_str(arena, item, "what", batch->ignored[i].what);
        json_set_str(arena, item, "why", batch->ignored[i].why);
    }
    return root;
}

static void set_degraded(struct arena *arena, struct json *root, const struct str *degraded, size_t count)
{
    struct json *list = json_set_list(arena, root, "degraded");
    for (size_t i = 0; i < count; i++)
        json_add_str(arena, list, degraded[i]);
}

struct json *composed_json(struct arena *arena, const struct composed *composed)
{
    struct json *root = json_new_object(arena);
    struct json *requests = json_set_list(arena, root, "requests");
    for (size_t i = 0; i < composed->count; i++) {
        const struct http_request *request = composed->requests[i];
        struct json *item = json_add_object(arena, requests);
        json_set_str(arena, item, "method", request->method);
        json_set_str(arena, item, "url", request->url);
        struct json *headers = json_new_object(arena);
        json_set(arena, item, "headers", headers);
        for (size_t k = 0; k < request->header_count; k++)
            json_set_str(arena, headers, arena_cstring(arena, request->headers[k].name),
                         request->headers[k].value);
        json_set_str(arena, item, "body", request->body);
    }
    if (composed->encoding) {
        struct json *segments = json_new_object(arena);
        json_set(arena, root, "segments", segments);
        json_set_str(arena, segments, "encoding", str_from(composed->encoding));
        json_set_int(arena, segments, "count", (int64_t)composed->segments);
    }
    set_degraded(arena, root, composed->degraded, composed->degraded_count);
    return root;
}

/* The web chat's answer is a JSON document, the others' is TwiML. */
struct json *replied_json(struct arena *arena, const struct replied *replied)
{
    struct json *root = json_new_object(arena);
    const struct json *document;
    bool is_json = str_eq(http_header_of(&replied->response, "Content-Type"), STR("application/json"));
    if (is_json && json_parse(arena, replied->response.body, &document) == ERR_NONE)
        json_set(arena, root, "messages", json_get(document, "messages"));
    else
        json_set_str(arena, root, "twiml", replied->response.body);
    if (!is_json || replied->degraded_count)
        set_degraded(arena, root, replied->degraded, replied->degraded_count);
    return root;
}

static struct str verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_ACCEPTED:
        return STR("accepted");
    case VERDICT_RETRY:
        return STR("retry");
    case VERDICT_REFUSED:
        return STR("refused");
    }
    return (struct str){0};
}

struct json *judged_json(struct arena *arena, const struct judged *judged)
{
    struct json *root = json_new_object(arena);
    json_set_str(arena, root, "outcome", verdict_name(judged->verdict));
    set_some(arena, root, "provider_id", judged->provider_id);
    if (judged->error.code || judged->error.title.len) {
        struct json *error = json_new_object(arena);
        json_set(arena, root, "error", error);
        json_set_int(arena, error, "code", judged->error.code);
        json_set_str(arena, error, "title", judged->error.title);
    }
    if (judged->retry_after_ms)
        json_set_int(arena, root, "retry_after_ms", judged->retry_after_ms);
    if (judged->is_opt_out)
        json_set_bool(arena, root, "opt_out", true);
    return root;
}
