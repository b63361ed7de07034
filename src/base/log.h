#pragma once

/* One line an event, on standard error: JSON or text. Facts are logged once, where they are known.
 * Never log a secret, a message's text or a whole address: pass addresses through log_masked. */

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_JSON, LOG_TEXT };

void log_setup(enum log_level least, enum log_format format);
bool log_level_from(struct str name, enum log_level *out); /* "debug", "info", "warn", "error" */

/* One member of an event. Make it with the functions below; `text` must live until log_event returns. */
struct log_field {
    const char *name; /* NULL ends a list */
    struct str text;
    int64_t number;
    bool is_number;
};

struct log_field log_str(const char *name, struct str value);
struct log_field log_cstr(const char *name, const char *value);
struct log_field log_int(const char *name, int64_t value);
/* An address or name with all but its ends hidden: "+9198…70". Short values are hidden whole. */
struct log_field log_masked(const char *name, struct str value);

/* Writes the event; `event` is a short, constant sentence in plain words. At most LOG_EVENT_LINES lines a
 * minute of one event from one process, so that no storm and no stranger can fill the disk; level debug
 * leaves nothing out. */
#define LOG_EVENT_LINES 30
void log_event_fields(enum log_level level, const char *event, const struct log_field *fields);
#define log_event(level, event, ...)                                                                         \
    log_event_fields((level), (event), (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}})

/* Says how many lines were left out of minutes that are over. For who looks every second or so. */
void log_tell_left_out(void);
