/* How are the inputs of `frontdesk channel` read? */

#include "cli/channel_input.h"

#include "base/json.h"

static struct str take_line(struct str *rest)
{
    struct str line = {0};
    if (rest->len)
        str_cut(rest, '\n', &line);
    if (line.len && line.data[line.len - 1] == '\r')
        line.len--;
    return line;
}

static bool take_headers(struct str *rest, size_t most, struct arena *arena, struct http_header **headers,
                         size_t *count)
{
    for (;;) {
        struct str line = take_line(rest);
        if (line.len == 0)
            return true;
        size_t colon = str_find_char(line, ':');
        if (colon == STR_NONE || *count == most)
            return false;
        *headers = http_grow_headers(arena, *headers, *count);
        (*headers)[(*count)++] = (struct http_header){
            str_slice(line, 0, colon),
            str_trim(str_slice(line, colon + 1, line.len)),
        };
    }
}

/* An absolute target (https://host/path) is cut down to what a server gets to see. */
static struct str origin_form(struct str target)
{
    size_t scheme = str_find(target, STR("://"));
    if (scheme == STR_NONE || (target.len && target.data[0] == '/'))
        return target;
    struct str rest = str_slice(target, scheme + 3, target.len);
    size_t slash = str_find_char(rest, '/');
    return slash == STR_NONE ? STR("/") : str_slice(rest, slash, rest.len);
}

bool http_request_read(struct str raw, struct arena *arena, struct http_request *out)
{
    struct str line = take_line(&raw);
    struct str target;
    *out = (struct http_request){0};
    if (line.len == 0 || !str_cut(&line, ' ', &out->method) || !str_cut(&line, ' ', &target) ||
        !str_starts(line, STR("HTTP/")) ||
        !take_headers(&raw, HTTP_HEADERS_MAX, arena, &out->headers, &out->header_count))
        return false;
    out->url = origin_form(target);
    size_t mark = str_find_char(out->url, '?');
    out->path = str_slice(out->url, 0, mark);
    out->query = mark == STR_NONE ? (struct str){0} : str_slice(out->url, mark + 1, out->url.len);
    out->body = raw;
    return out->method.len != 0 && out->url.len != 0;
}

bool http_response_read(struct str raw, struct arena *arena, struct http_response *out)
{
    struct str line = take_line(&raw);
    struct str version;
    struct str code;
    int64_t status;
    *out = (struct http_response){0};
    if (line.len == 0 || !str_cut(&line, ' ', &version) || !str_starts(version, STR("HTTP/")) ||
        !str_cut(&line, ' ', &code) || !str_to_int64(code, &status) || status < 100 || status > 999)
        return false;
    out->status = (int)status;
    out->body = raw;
    if (!take_headers(&raw, HTTP_ANSWER_HEADERS_MAX, arena, &out->headers, &out->header_count))
        return false;
    out->body = raw;
    return true;
}

/* More than the conversation ever asks for: what no list can show is to be seen as numbered lines. */
#define CHOICES_READ_MAX 99

static const char *read_choices(struct arena *arena, const struct json *list, struct outbound *out)
{
    if (json_count(list) > CHOICES_READ_MAX)
        return "at most 99 choices";
    struct choice *choices = arena_new_array(arena, struct choice, json_count(list));
    out->choices = choices;
    out->choice_count = json_count(list);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *choice = json_at(list, i);
        struct choice *to = &choices[i];
        to->id = json_scalar(arena, json_get(choice, "id"));
        to->title = json_text(json_get(choice, "title"));
        to->description = json_text(json_get(choice, "description"));
        if (to->id.len == 0 || to->title.len == 0)
            return "a choice needs an id and a title";
    }
    return NULL;
}

static const char *read_template(struct arena *arena, const struct json *template_, struct outbound *out)
{
    const struct json *parameters = json_get(template_, "parameters");
    if (json_count(parameters) > OUTBOUND_PARAMETERS_MAX)
        return "at most 10 template parameters";
    struct message_template *read = arena_new(arena, struct message_template);
    read->name = json_text(json_get(template_, "name"));
    read->language = json_text(json_get(template_, "language"));
    for (size_t i = 0; i < json_count(parameters); i++)
        read->parameters[read->count++] = json_scalar(arena, json_at(parameters, i));
    if (read->name.len)
        out->template_ = read;
    return NULL;
}

static const char *read_input_hint(struct str name, enum input_hint *out)
{
    if (name.len == 0)
        return NULL;
    for (int hint = HINT_NONE; hint <= HINT_CONFIRM; hint++) {
        if (str_eq(name, input_hint_name((enum input_hint)hint))) {
            *out = (enum input_hint)hint;
            return NULL;
        }
    }
    return "input is one of name, date, time, place, choice, confirm, none";
}

static const char *read_text(const struct json *root, struct outbound *out)
{
    const struct json *text = json_get(root, "text");
    bool says_more = json_get(root, "template") || json_get(root, "image");
    out->text = json_text(text);
    if (json_kind(text) == JSON_TEXT || (json_kind(text) == JSON_ABSENT && says_more))
        return NULL;
    return "a message needs a \"text\"";
}

const char *outbound_read(struct arena *arena, struct str text, struct outbound *out)
{
    const struct json *root;
    *out = (struct outbound){0};
    if (json_parse(arena, text, &root) || json_kind(root) != JSON_MEMBERS)
        return "the input is not a JSON object";
    const struct json *link = json_get(root, "link");
    out->to = json_scalar(arena, json_get(root, "to"));
    out->user_id = json_text(json_get(root, "user_id"));
    out->image = json_text(json_get(root, "image"));
    out->link.url = json_text(json_get(link, "url"));
    out->link.title = json_text(json_get(link, "title"));
    out->asks_location = str_eq(json_text(json_get(root, "ask")), STR("location"));
    out->reply_to = json_text(json_get(root, "reply_to"));
    out->language = json_text(json_get(root, "language"));
    const char *wrong = read_text(root, out);
    if (!wrong)
        wrong = read_choices(arena, json_get(root, "choices"), out);
    if (!wrong)
        wrong = read_template(arena, json_get(root, "template"), out);
    return wrong ? wrong : read_input_hint(json_text(json_get(root, "input")), &out->input);
}
