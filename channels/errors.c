/* What follows from a provider's error: try again, slow down, stop, or give the message up?
 *
 * The code decides where the table knows it (WhatsApp sends a lasting "permission denied" with HTTP 500);
 * otherwise the HTTP status does. */

#include "channels/errors.h"

#include "channels/batch.h"

/* So many digits in a row may be somebody's number; error codes have fewer. */
#define NUMBER_DIGITS     7
#define RETRY_AFTER_MAX_S ((int64_t)7 * 24 * 3600)

static const struct provider_error *find(const struct error_table *table, int64_t code)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct provider_error *row = &table->rows[i];
        if (code == row->code || (row->last && code > row->code && code <= row->last))
            return row;
    }
    return NULL;
}

static size_t count_digits(struct str text)
{
    size_t count = 0;
    while (count < text.len && text.data[count] >= '0' && text.data[count] <= '9')
        count++;
    return count;
}

struct str error_title(struct arena *arena, struct str words)
{
    struct buf title = {.arena = arena};
    struct str rest = inbound_name(arena, words);
    while (rest.len) {
        size_t digits = count_digits(rest);
        size_t len = digits ? digits : 1;
        buf_put(&title, digits < NUMBER_DIGITS ? str_slice(rest, 0, len) : STR("…"));
        rest = str_slice(rest, len, rest.len);
    }
    return buf_str(&title);
}

struct delivery_error error_of(const struct error_table *table, int64_t code, struct str title)
{
    const struct provider_error *row = find(table, code);
    if (!row)
        return (struct delivery_error){.code = code, .title = title};
    return (struct delivery_error){
        .code = code,
        .title = row->title,
        .is_retryable = (row->flags & ERROR_RETRY) != 0,
        .is_opt_out = (row->flags & ERROR_OPT_OUT) != 0,
        .is_alarming = (row->flags & ERROR_STOPS) != 0,
        .tries = row->tries,
        .wait_s = row->wait_s,
    };
}

/* Seconds only: the other form, a date, can't be read without a clock; the caller's backoff serves then. */
static int64_t retry_after_ms(const struct http_response *response)
{
    int64_t seconds;
    if (!str_to_int64(http_header_of(response, "Retry-After"), &seconds) || seconds < 0)
        return 0;
    return (seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S) * 1000;
}

static unsigned flags_of_status(int status)
{
    if (status == 429)
        return ERROR_RETRY | ERROR_SLOWS;
    if (status == 401)
        return ERROR_STOPS;
    /* The providers never send us elsewhere: whoever stands in between does. */
    if (status / 100 == 3)
        return ERROR_RETRY;
    return status >= 500 || status == 408 ? ERROR_RETRY : ERROR_FINAL;
}

bool answer_is_foreign(const struct http_response *response)
{
    struct str body = str_trim(response->body);
    return response->status / 100 == 2 && body.len && body.data[0] != '{';
}

void judge_refusal(const struct error_table *table, const struct http_response *response, bool has_code,
                   int64_t code, struct str title, struct arena *arena, struct judged *out)
{
    const struct provider_error *row = has_code ? find(table, code) : NULL;
    unsigned flags = row ? row->flags : flags_of_status(response->status);
    bool is_foreign = !row && answer_is_foreign(response);
    if (is_foreign)
        flags = ERROR_RETRY;
    if (row)
        title = row->title;
    else if (title.len == 0)
        title = arena_printf(arena, "HTTP %d%s", response->status,
                             is_foreign ? " that is no answer of the provider" : "");
    else
        title = error_title(arena, title);

    bool is_retryable = (flags & ERROR_RETRY) != 0;
    *out = (struct judged){
        .verdict = is_retryable ? VERDICT_RETRY : VERDICT_REFUSED,
        .error = {.code = code,
                  .title = title,
                  .is_retryable = is_retryable,
                  .is_opt_out = (flags & ERROR_OPT_OUT) != 0,
                  .tries = row ? row->tries : 0},
        .slows_channel = (flags & ERROR_SLOWS) != 0,
        .stops_channel = (flags & ERROR_STOPS) != 0,
        .is_opt_out = (flags & ERROR_OPT_OUT) != 0,
    };
    if (is_retryable) {
        int64_t asked_ms = retry_after_ms(response);
        int64_t usual_ms = row ? (int64_t)row->wait_s * 1000 : 0;
        out->retry_after_ms = asked_ms > usual_ms ? asked_ms : usual_ms;
    }
}
