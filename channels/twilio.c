/* Did Twilio sign this request, and what does it answer to ours?
 *
 * The signature is an HMAC-SHA1 over the URL and the form's fields. Twilio is not consistent about the port
 * and the escaping of the URL, so every published spelling of it is tried, the likeliest first. */

#include "channels/twilio.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "channels/batch.h"
#include "channels/errors.h"
#include "channels/secret.h"

#include <string.h>

#define SIGNATURE_LEN 28 /* base64 of SHA1_BYTES */

static bool is_form(const struct http_request *request)
{
    struct str type = http_header_of(request, "Content-Type");
    struct str form = STR("application/x-www-form-urlencoded");
    return str_eq_nocase(str_trim(str_slice(type, 0, str_find_char(type, ';'))), form);
}

static bool is_post(const struct http_request *request)
{
    return str_eq(request->method, STR("POST"));
}

/* The signature covers the fields that a parse reads: both look at one form. */
static bool read_form(const struct http_request *request, struct arena *arena, struct form *out)
{
    if (request->form && request->form->fields) {
        *out = *request->form;
        return true;
    }
    if (!form_parse(arena, request->body, out))
        return false;
    if (request->form)
        *request->form = *out;
    return true;
}

enum err twilio_fields(const struct http_request *request, struct arena *arena, struct form *out)
{
    const struct json *body;
    *out = (struct form){0};
    if (!is_post(request))
        return form_parse(arena, request->query, out) ? ERR_NONE : ERR_MALFORMED;
    if (is_form(request))
        return read_form(request, arena, out) ? ERR_NONE : ERR_MALFORMED;
    return json_parse(arena, request->body, &body) == ERR_NONE ? ERR_MEDIA_TYPE : ERR_MALFORMED;
}

/* A form with stray percent signs is signed all the same, by what a lenient reader makes of it. */
static bool lenient_form(const struct http_request *request, struct arena *arena, struct form *out)
{
    if (read_form(request, arena, out))
        return true;
    struct str body = request->body;
    struct buf mended = {.arena = arena};
    for (size_t i = 0; i < body.len; i++) {
        uint8_t byte;
        buf_put_char(&mended, body.data[i]);
        if (body.data[i] == '%' && !hex_decode(str_slice(body, i + 1, i + 3), &byte, 1))
            buf_put(&mended, STR("25"));
    }
    return form_parse(arena, buf_str(&mended), out);
}

static int by_name_and_value(const struct form_field *left, const struct form_field *right)
{
    int order = str_compare(left->name, right->name);
    return order ? order : str_compare(left->value, right->value);
}

/* The fields in the order of their names and values, a repeated pair once; gives how many. */
static size_t sort_fields(const struct form *form, const struct form_field **sorted)
{
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        size_t from = 0;
        size_t to = count;
        int order = 1;
        while (from < to && order) {
            size_t middle = (from + to) / 2;
            order = by_name_and_value(field, sorted[middle]);
            if (order < 0)
                to = middle;
            else
                from = middle + 1;
        }
        if (order == 0)
            continue;
        memmove(&sorted[from + 1], &sorted[from], (count - from) * sizeof *sorted);
        sorted[from] = field;
        count++;
    }
    return count;
}

static char *append(char *end, struct str text)
{
    if (text.len)
        memcpy(end, text.data, text.len);
    return end + text.len;
}

/* The part of the signed text after the URL. */
static struct str signed_fields(struct arena *arena, const struct form *form)
{
    const struct form_field **fields = arena_alloc_array(arena, form->count, sizeof *fields);
    size_t count = sort_fields(form, fields);
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += fields[i]->name.len + fields[i]->value.len;
    char *text = arena_alloc(arena, len);
    char *end = text;
    for (size_t i = 0; i < count; i++)
        end = append(append(end, fields[i]->name), fields[i]->value);
    return (struct str){text, len};
}

struct str twilio_sign(const struct channel_conf *conf, struct str target, const struct form *form,
                       struct arena *arena)
{
    uint8_t digest[SHA1_BYTES];
    const struct str parts[] = {conf->public_url, target, signed_fields(arena, form)};
    hmac_sha1(secret_first(conf->twilio.auth_token), parts, sizeof parts / sizeof *parts, digest);
    return base64_encode(arena, digest, sizeof digest);
}

/* A base URL around its port: "https://user@host" ":8443" "/path". */
struct base_url {
    struct str before_port;
    struct str port; /* with the colon; empty when there is none */
    struct str after_port;
};

static struct base_url split_port(struct str url)
{
    size_t scheme = str_find(url, STR("://"));
    size_t start = scheme == STR_NONE ? 0 : scheme + 3;
    size_t end = start;
    size_t port = STR_NONE;
    for (; end < url.len && url.data[end] != '/'; end++) {
        if (url.data[end] == ':')
            port = end;
        else if (url.data[end] == '@' || url.data[end] == ']')
            port = STR_NONE; /* that colon stood in the credentials, or in an IPv6 address */
    }
    if (port == STR_NONE)
        port = end;
    return (struct base_url){str_slice(url, 0, port), str_slice(url, port, end),
                             str_slice(url, end, url.len)};
}

static struct str default_port(struct str url)
{
    return str_starts(url, STR("https:")) ? STR(":443") : STR(":80");
}

/* The target with its query as a WHATWG URL parser writes it: It's becomes It%27s. */
static struct str normalised_target(struct arena *arena, const struct http_request *request)
{
    struct buf target = {.arena = arena};
    size_t query = str_find_char(request->url, '?');
    for (size_t i = 0; i < request->url.len; i++) {
        unsigned char c = (unsigned char)request->url.data[i];
        bool is_escaped =
            c <= ' ' || c >= 0x7F || c == '"' || c == '<' || c == '>' || (c == '\'' && i > query);
        if (is_escaped)
            buf_printf(&target, "%%%02X", c);
        else
            buf_put_char(&target, (char)c);
    }
    return buf_str(&target);
}

static void put_reencoded(struct buf *target, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c && strchr("!'()*", c))
            buf_put_char(target, c);
        else
            buf_put(target, url_encode(target->arena, str_slice(text, i, i + 1)));
    }
}

/* The target with its query decoded and encoded again, as older back ends sign it: + becomes %20. */
static struct str reencoded_target(struct arena *arena, const struct http_request *request)
{
    struct form query;
    size_t mark = str_find_char(request->url, '?');
    if (mark == STR_NONE || !form_parse(arena, str_slice(request->url, mark + 1, request->url.len), &query))
        return request->url;
    struct buf target = {.arena = arena};
    buf_put(&target, str_slice(request->url, 0, mark + 1));
    for (size_t i = 0; i < query.count; i++) {
        if (i)
            buf_put_char(&target, '&');
        put_reencoded(&target, query.fields[i].name);
        buf_put_char(&target, '=');
        put_reencoded(&target, query.fields[i].value);
    }
    return buf_str(&target);
}

/* What a request's signature is checked against. */
struct claim {
    struct arena *arena;
    const struct http_request *request;
    struct str signature;
    struct str fields; /* signed_fields of the body */
};

static bool fits(const struct claim *claim, struct str secret, struct base_url base, struct str port,
                 struct str target)
{
    const struct str parts[] = {base.before_port, port, base.after_port, target, claim->fields};
    struct str key;
    while (secret_next(&secret, &key)) {
        uint8_t digest[SHA1_BYTES];
        hmac_sha1(key, parts, sizeof parts / sizeof *parts, digest);
        if (secret_eq(base64_encode(claim->arena, digest, sizeof digest), claim->signature))
            return true;
    }
    return false;
}

static bool fits_any_port(const struct claim *claim, const struct channel_conf *conf, struct str target)
{
    struct str secret = conf->twilio.auth_token;
    struct base_url as_set = {.before_port = conf->public_url};
    if (fits(claim, secret, as_set, as_set.port, target))
        return true;
    struct base_url base = split_port(conf->public_url);
    if (base.port.len && fits(claim, secret, base, (struct str){0}, target))
        return true;
    struct str standard = default_port(conf->public_url);
    return !str_eq(base.port, standard) && fits(claim, secret, base, standard, target);
}

static bool fits_any_spelling(const struct claim *claim, const struct channel_conf *conf)
{
    struct str received = claim->request->url;
    if (fits_any_port(claim, conf, received))
        return true;
    struct str normalised = normalised_target(claim->arena, claim->request);
    if (!str_eq(normalised, received) && fits_any_port(claim, conf, normalised))
        return true;
    struct str reencoded = reencoded_target(claim->arena, claim->request);
    return !str_eq(reencoded, received) && !str_eq(reencoded, normalised) &&
           fits_any_port(claim, conf, reencoded);
}

/* A body that is not a form is covered by its digest, which stands in the signed URL. */
static bool digest_fits(const struct http_request *request, struct arena *arena)
{
    struct form query;
    uint8_t claimed[SHA256_BYTES];
    uint8_t digest[SHA256_BYTES];
    if (!form_parse(arena, request->query, &query) ||
        !hex_decode(form_get(&query, "bodySHA256"), claimed, sizeof claimed))
        return false;
    sha256(request->body, digest);
    return secret_eq((struct str){(const char *)claimed, sizeof claimed},
                     (struct str){(const char *)digest, sizeof digest});
}

enum err twilio_authenticate(const struct channel_conf *confs, const struct http_request *request,
                             struct arena *arena, const struct channel_conf **matched, const char **reason)
{
    struct claim claim = {arena, request, http_header_of(request, TWILIO_SIGNATURE_HEADER), {0}};
    struct form form = {0};
    bool is_signed_form = is_post(request) && is_form(request);
    *reason = "no " TWILIO_SIGNATURE_HEADER;
    if (claim.signature.len == 0)
        return ERR_UNAUTHENTIC;
    *reason = TWILIO_SIGNATURE_HEADER " is not a signature";
    if (claim.signature.len != SIGNATURE_LEN)
        return ERR_UNAUTHENTIC;
    *reason = "the form has too many fields";
    if (is_signed_form && !lenient_form(request, arena, &form))
        return ERR_UNAUTHENTIC;
    *reason = "the body is no form and bodySHA256 is not its digest";
    if (request->body.len && !is_signed_form && !digest_fits(request, arena))
        return ERR_UNAUTHENTIC;

    claim.fields = signed_fields(arena, &form);
    for (const struct channel_conf *conf = confs; conf; conf = conf->next) {
        if (fits_any_spelling(&claim, conf)) {
            *matched = conf;
            *reason = NULL;
            return ERR_NONE;
        }
    }
    *reason = TWILIO_SIGNATURE_HEADER " does not fit (auth token, or PUBLIC_URL is not what Twilio calls)";
    return ERR_UNAUTHENTIC;
}

bool twilio_serves(const struct channel_conf *conf, const struct channel_conf *matched,
                   struct str account_sid)
{
    return str_eq(conf->twilio.auth_token, matched->twilio.auth_token) && account_sid.len &&
           str_eq(conf->twilio.account_sid, account_sid);
}

bool twilio_is_own_account(const struct channel_conf *confs, const struct channel_conf *matched,
                           struct str account_sid)
{
    for (const struct channel_conf *conf = confs; conf; conf = conf->next)
        if (twilio_serves(conf, matched, account_sid))
            return true;
    return false;
}

const struct channel_conf *twilio_find_number(const struct channel_conf *confs,
                                              const struct channel_conf *matched, struct str account_sid,
                                              struct str number)
{
    for (const struct channel_conf *conf = confs; conf; conf = conf->next)
        if (twilio_serves(conf, matched, account_sid) && number.len && str_eq(conf->number, number))
            return conf;
    return NULL;
}

bool twilio_is_e164(struct str text)
{
    if (text.len < 8 || text.len > 16 || text.data[0] != '+' || text.data[1] == '0')
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

static bool read_number(struct str *rest, char end, int64_t *out)
{
    struct str part;
    return str_cut(rest, end, &part) && str_to_int64(part, out);
}

int64_t twilio_instant_ms(struct str text)
{
    static const struct str months = STR_INIT("JanFebMarAprMayJunJulAugSepOctNovDec");
    struct str rest = text;
    struct str part;
    struct str month;
    int64_t day, year, hour, minute, second;
    if (!str_cut(&rest, ' ', &part) || !read_number(&rest, ' ', &day) || !str_cut(&rest, ' ', &month) ||
        !read_number(&rest, ' ', &year) || !read_number(&rest, ':', &hour) ||
        !read_number(&rest, ':', &minute) || !read_number(&rest, ' ', &second))
        return 0;
    size_t place = month.len == 3 ? str_find(months, month) : STR_NONE;
    if (place == STR_NONE || place % 3 || year < 1970 || year > 9999 || day < 1 || day > 31 || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return 0;
    struct date date = {(int16_t)year, (uint8_t)(place / 3 + 1), (uint8_t)day};
    if (!date_is_valid(date))
        return 0;
    return (((date_to_days(date) * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

struct str twilio_authorization(const struct channel_conf *conf, struct arena *arena)
{
    struct str token = secret_first(conf->twilio.auth_token);
    struct str pair = arena_printf(arena, "%.*s:%.*s", STR_ARG(conf->twilio.account_sid), STR_ARG(token));
    struct str encoded = base64_encode(arena, pair.data, pair.len);
    return arena_printf(arena, "Basic %.*s", STR_ARG(encoded));
}

void twilio_judge(const struct channel_conf *conf, const struct http_response *response, struct arena *arena,
                  struct judged *out)
{
    (void)conf;
    const struct json *body = NULL;
    bool is_json = json_parse(arena, response->body, &body) == ERR_NONE;
    bool is_success = response->status >= 200 && response->status < 300;
    int64_t code = 0;
    bool has_code = is_json && json_to_int64(json_get(body, is_success ? "error_code" : "code"), &code);
    struct str title = json_text(json_get(body, is_success ? "error_message" : "message"));
    if (is_success && !has_code && !answer_is_foreign(response))
        *out = (struct judged){.verdict = VERDICT_ACCEPTED,
                               .provider_id = inbound_name(arena, json_scalar(arena, json_get(body, "sid")))};
    else
        judge_refusal(&twilio_errors, response, has_code, code, title, arena, out);
}
