/* How does somebody get to their chart? */

#include "gateway/chart_link.h"

#include "base/encoding.h"

#include <string.h>

#define PROFILE_CHARS 22 /* 16 bytes in base64url */
#define TOKEN_CHARS   24

struct str chart_url(const struct config *config, struct uuid profile, struct str token, const char *suffix,
                     struct arena *arena)
{
    return arena_printf(arena, "%.*s/chart/%.*s%s?t=%.*s", STR_ARG(config->public_url),
                        STR_ARG(uuid_text(arena, profile)), suffix, STR_ARG(token));
}

/* The same page by an address a third shorter, for text messages: it leads to the long one. */
static struct str short_url(const struct config *config, struct uuid profile, struct str token,
                            struct arena *arena)
{
    struct str name = base64url_encode(arena, profile.bytes, sizeof profile.bytes);
    return arena_printf(arena, "%.*s" CHART_SHORT_PATH "%.*s%.*s", STR_ARG(config->public_url), STR_ARG(name),
                        STR_ARG(token));
}

bool chart_short_read(struct str rest, struct uuid *profile, struct str *token, struct arena *arena)
{
    struct buf standard = {.arena = arena};
    struct str bytes;
    if (rest.len != PROFILE_CHARS + TOKEN_CHARS)
        return false;
    for (size_t i = 0; i < PROFILE_CHARS; i++)
        buf_put_char(&standard, rest.data[i] == '-' ? '+' : rest.data[i] == '_' ? '/' : rest.data[i]);
    buf_put(&standard, STR("=="));
    if (!base64_decode(arena, buf_str(&standard), &bytes) || bytes.len != sizeof profile->bytes)
        return false;
    memcpy(profile->bytes, bytes.data, bytes.len);
    *token = str_slice(rest, PROFILE_CHARS, rest.len);
    return true;
}

bool chart_link_is_wanted(const struct outcome *outcome)
{
    bool is_wanted = outcome->keeps_chart || (outcome->texts && outcome->text_message.shows);
    for (size_t i = 0; i < outcome->say_count; i++)
        is_wanted |= outcome->says[i].shows != SHOWS_NO_CHART;
    return is_wanted;
}

static void put_link(const struct config *config, const struct chart_link *link, bool is_short,
                     struct outbound *say, struct arena *arena)
{
    struct str token = say->shows == SHOWS_OWN_CHART ? link->owner_token : link->shared_token;
    if (say->shows == SHOWS_NO_CHART || token.len == 0)
        return;
    say->link.url = is_short ? short_url(config, link->profile, token, arena)
                             : chart_url(config, link->profile, token, "", arena);
    /* A picture is what people hand on, so it is always the shared one. */
    if (say->shows == SHOWS_SHARED_CHART && !is_short)
        say->image = chart_url(config, link->profile, token, ".png", arena);
}

void chart_link_put(const struct config *config, const struct chart_link *link, enum channel_kind channel,
                    struct outcome *outcome, struct arena *arena)
{
    for (size_t i = 0; i < outcome->say_count; i++)
        put_link(config, link, channel == CHANNEL_SMS, &outcome->says[i], arena);
    if (outcome->texts)
        put_link(config, link, true, &outcome->text_message, arena);
}
