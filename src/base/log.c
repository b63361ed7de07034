/* How does an operator learn what happened, without learning what was said? */

#include "base/log.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 4096

static enum log_level least_level = LOG_INFO;
static enum log_format line_format = LOG_TEXT;
static const char *const level_names[] = {"debug", "info", "warn", "error"};

/* Longest value written of one field; the rest is somebody's attempt to fill the disk. An event has few
 * enough fields that its line always has room for its end. */
#define VALUE_BYTES 512
#define MASK_ENDS   14

/* More events than a process has; one that found no place would simply not be counted. */
#define EVENTS_MAX 128
#define MINUTE_NS  (60 * UINT64_C(1000000000))

/* How often an event was told in its minute, which begins with its first line. */
static struct told {
    const char *event; /* NULL: free */
    uint64_t since_ns;
    uint32_t lines;
    uint32_t left_out;
} told_events[EVENTS_MAX];

void log_setup(enum log_level least, enum log_format format)
{
    least_level = least;
    line_format = format;
}

bool log_level_from(struct str name, enum log_level *out)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (str_eq(name, str_from(level_names[i]))) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

struct log_field log_str(const char *name, struct str value)
{
    return (struct log_field){.name = name, .text = value};
}

struct log_field log_cstr(const char *name, const char *value)
{
    return log_str(name, str_from(value));
}

struct log_field log_int(const char *name, int64_t value)
{
    return (struct log_field){.name = name, .number = value, .is_number = true};
}

/* Several masked fields may stand in one event, so the masks rotate through a few static slots. */
struct log_field log_masked(const char *name, struct str value)
{
    static char slots[4][MASK_ENDS];
    static unsigned next;
    char *slot = slots[next++ % 4];
    int len = value.len < 8 ? snprintf(slot, MASK_ENDS, "…")
                            : snprintf(slot, MASK_ENDS, "%.4s…%.2s", value.data, value.data + value.len - 2);
    struct str mask = {slot, len > 0 ? (size_t)len : 0};
    if (!utf8_is_valid(mask))
        mask = STR("…");
    return log_str(name, mask);
}

struct line {
    char bytes[LINE_BYTES];
    size_t len;
};

static void put(struct line *line, const char *bytes, size_t len)
{
    /* One byte stays free for the line feed. */
    if (len > LINE_BYTES - 1 - line->len)
        len = LINE_BYTES - 1 - line->len;
    memcpy(line->bytes + line->len, bytes, len);
    line->len += len;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* What moves a terminal's cursor, breaks a line or turns the direction of writing. */
static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069);
}

/* Quoted and escaped as JSON in both formats, so that no value can forge a line, or command the terminal of
 * whoever reads it. */
static void put_quoted(struct line *line, struct str value)
{
    put_text(line, "\"");
    for (size_t start = line->len; value.len && line->len - start < VALUE_BYTES;) {
        char bytes[8];
        uint32_t point = utf8_next(&value);
        if (point == '"' || point == '\\') {
            bytes[0] = '\\';
            bytes[1] = (char)point;
            put(line, bytes, 2);
        } else if (is_control(point)) {
            int len = snprintf(bytes, sizeof bytes, "\\u%04x", point);
            put(line, bytes, (size_t)len);
        } else {
            put(line, bytes, utf8_put(point, bytes));
        }
    }
    put_text(line, "\"");
}

static void put_field(struct line *line, const struct log_field *field)
{
    bool json = line_format == LOG_JSON;
    put_text(line, json ? ",\"" : " ");
    put_text(line, field->name);
    put_text(line, json ? "\":" : "=");
    if (field->is_number) {
        char digits[24];
        int len = snprintf(digits, sizeof digits, "%lld", (long long)field->number);
        put(line, digits, (size_t)len);
    } else {
        put_quoted(line, field->text);
    }
}

static void put_head(struct line *line, enum log_level level, const char *event)
{
    struct timespec now;
    struct tm utc;
    char stamp[80];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t len = strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(stamp + len, sizeof stamp - len, ".%03ldZ", now.tv_nsec / 1000000);
    if (line_format == LOG_JSON) {
        put_text(line, "{\"time\":\"");
        put_text(line, stamp);
        put_text(line, "\",\"level\":\"");
        put_text(line, level_names[level]);
        put_text(line, "\",\"event\":");
        put_quoted(line, str_from(event));
    } else {
        put_text(line, stamp);
        put_text(line, level == LOG_WARN || level == LOG_INFO ? "  " : " ");
        put_text(line, level_names[level]);
        put_text(line, " ");
        put_text(line, event);
    }
}

static void write_line(enum log_level level, const char *event, const struct log_field *fields)
{
    struct line line = {.len = 0};
    put_head(&line, level, event);
    for (; fields->name; fields++)
        put_field(&line, fields);
    if (line_format == LOG_JSON)
        put_text(&line, "}");
    line.bytes[line.len++] = '\n';
    /* One write a line: lines of several workers never mix. A full pipe is not worth dying for. */
    ssize_t written = write(STDERR_FILENO, line.bytes, line.len);
    (void)written;
}

/* ---- Storms ---- */

static struct told *told_of(const char *event)
{
    for (struct told *told = told_events; told < told_events + EVENTS_MAX; told++) {
        if (!told->event)
            told->event = event;
        if (told->event == event)
            return told;
    }
    return NULL;
}

static void begin_minute(struct told *told, uint64_t now_ns)
{
    uint32_t left_out = told->left_out;
    told->since_ns = now_ns;
    told->lines = told->left_out = 0;
    if (left_out)
        write_line(LOG_WARN, "lines of one event were left out",
                   (const struct log_field[]){
                       log_cstr("of", told->event), log_int("lines", left_out), {.name = NULL}});
}

static bool is_too_much(const char *event)
{
    struct told *told = told_of(event);
    if (!told || least_level == LOG_DEBUG)
        return false;
    uint64_t now_ns = clock_monotonic_ns();
    if (now_ns - told->since_ns >= MINUTE_NS)
        begin_minute(told, now_ns);
    bool is_left_out = told->lines >= LOG_EVENT_LINES;
    *(is_left_out ? &told->left_out : &told->lines) += 1;
    return is_left_out;
}

void log_tell_left_out(void)
{
    uint64_t now_ns = clock_monotonic_ns();
    for (struct told *told = told_events; told < told_events + EVENTS_MAX && told->event; told++)
        if (told->left_out && now_ns - told->since_ns >= MINUTE_NS)
            begin_minute(told, now_ns);
}

void log_event_fields(enum log_level level, const char *event, const struct log_field *fields)
{
    if (level >= least_level && !is_too_much(event))
        write_line(level, event, fields);
}
