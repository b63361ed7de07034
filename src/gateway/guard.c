/* Is that a person, or another machine's automatic answer? */

#include "gateway/guard.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"

#define REPEATS_MAX     4
#define REPEAT_MS       (10 * 60 * 1000)
#define REPLIES_MAX     40
#define REPLY_WINDOW_MS (60 * 60 * 1000)

struct counts {
    struct str text;   /* digest of the last text */
    int64_t repeats;   /* how often it came without the conversation moving on */
    int64_t since_ms;  /* when it came first */
    int64_t replies;   /* that moved nothing on, in this window */
    int64_t window_ms; /* when the window began */
    int64_t last_ms;   /* when anything was said last */
};

static struct counts read_counts(struct str stored, struct arena *arena)
{
    struct counts counts = {0};
    const struct json *object;
    if (stored.len == 0 || json_read(arena, stored, &object) != ERR_NONE)
        return counts;
    counts.text = json_text(json_get(object, "text"));
    json_to_int64(json_get(object, "repeats"), &counts.repeats);
    json_to_int64(json_get(object, "since"), &counts.since_ms);
    json_to_int64(json_get(object, "replies"), &counts.replies);
    json_to_int64(json_get(object, "window"), &counts.window_ms);
    json_to_int64(json_get(object, "last"), &counts.last_ms);
    return counts;
}

static struct str print_counts(const struct counts *counts, struct arena *arena)
{
    struct json *object = json_new_object(arena);
    json_set_str(arena, object, "text", counts->text);
    json_set_int(arena, object, "repeats", counts->repeats);
    json_set_int(arena, object, "since", counts->since_ms);
    json_set_int(arena, object, "replies", counts->replies);
    json_set_int(arena, object, "window", counts->window_ms);
    json_set_int(arena, object, "last", counts->last_ms);
    return json_print(arena, object);
}

static struct str digest_of(struct str text, struct arena *arena)
{
    uint64_t hash = siphash(str_trim(text));
    return hex_encode(arena, &hash, sizeof hash);
}

struct guard_ruling guard_rule(struct str stored, struct str text, bool moved_on, bool replies,
                               int64_t now_ms, struct arena *arena)
{
    /* Nothing is counted against somebody whom we understand. */
    if (moved_on)
        return (struct guard_ruling){STR("{}"), false};
    struct counts counts = read_counts(stored, arena);
    struct str digest = digest_of(text, arena);
    if (!str_eq(digest, counts.text) || now_ms - counts.since_ms > REPEAT_MS) {
        counts.repeats = 0;
        counts.since_ms = now_ms;
    }
    counts.text = digest;
    counts.repeats++;
    /* Once there were too many, another text alone is nothing new: a machine may write a different one each
     * time. It must have been quiet for as long as they were counted. */
    int64_t window_from_ms = counts.replies >= REPLIES_MAX ? counts.last_ms : counts.window_ms;
    if (now_ms - window_from_ms > REPLY_WINDOW_MS) {
        counts.replies = 0;
        counts.window_ms = now_ms;
    }
    counts.last_ms = now_ms;
    bool is_silent = counts.repeats >= REPEATS_MAX || counts.replies >= REPLIES_MAX;
    counts.replies += replies && !is_silent;
    return (struct guard_ruling){print_counts(&counts, arena), is_silent};
}
