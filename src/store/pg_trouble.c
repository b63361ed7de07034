/* What does PostgreSQL's trouble mean, and how often is it told? */

#include "store/pg_trouble.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

#define WHY_BYTES     300
#define TELL_AGAIN_MS 60000

/* The line of our function that failed. Other contexts may quote the values. */
static struct str place_of(struct str context)
{
    struct str line;
    while (context.len && str_cut(&context, '\n', &line))
        if (str_starts(line, STR("PL/pgSQL function ")))
            return line;
    return (struct str){0};
}

enum err pg_refused(struct str code, struct str message, struct str context)
{
    /* Errors of the data (class 22) quote it behind a colon: it may be somebody's name. */
    if (str_starts(code, STR("22")))
        message = str_slice(message, 0, str_find_char(message, ':'));
    log_event(LOG_ERROR, "PostgreSQL refused a statement", log_str("code", code), log_str("message", message),
              log_str("where", place_of(context)));
    if (code.len == 0)
        return ERR_UNAVAILABLE;
    /* 23503: what was loaded has been erased meanwhile, and is no more to be referred to. */
    if (str_starts(code, STR("40")) || str_eq(code, STR("23503")))
        return ERR_CONFLICT;
    /* Shutting down, out of connections or memory, read-only after a failover: the world's fault. */
    if (str_starts(code, STR("57")) || str_starts(code, STR("53")) || str_starts(code, STR("08")) ||
        str_eq(code, STR("25006")))
        return ERR_UNAVAILABLE;
    /* The server has lost our prepared statements, or a migration has outdated them: begin anew. */
    if (str_eq(code, STR("26000")) || str_eq(code, STR("0A000")))
        return ERR_UNAVAILABLE;
    return ERR_INTERNAL;
}

/* libpq's messages have several lines, indented and ended by one more line feed. */
static struct str on_one_line(struct str text, char out[static WHY_BYTES])
{
    size_t len = 0;
    text = utf8_truncate_bytes(str_trim(text), WHY_BYTES);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i] == '\n' || text.data[i] == '\t' ? ' ' : text.data[i];
        if (c != ' ' || len == 0 || out[len - 1] != ' ')
            out[len++] = c;
    }
    return (struct str){out, len};
}

/* A worker has half a dozen connections, and each tries every two seconds: one line a minute says it. */
void pg_tell_loss(struct str why)
{
    static char told[WHY_BYTES];
    static size_t told_len;
    static uint64_t told_ns;
    char line[WHY_BYTES];
    struct str now = on_one_line(why, line);
    uint64_t now_ns = clock_monotonic_ns();
    if (str_eq(now, (struct str){told, told_len}) && now_ns - told_ns < TELL_AGAIN_MS * UINT64_C(1000000))
        return;
    memcpy(told, now.data, now.len);
    told_len = now.len;
    told_ns = now_ns;
    log_event(LOG_WARN, "lost the connection to PostgreSQL", log_str("why", now));
}
