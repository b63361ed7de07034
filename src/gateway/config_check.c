/* Do the settings name only what there is? */

#include "gateway/config_check.h"

#include "store/pg.h"
#include "store/redis.h"

static void check_channel(const struct config *config, const struct channel_conf *channel,
                          const struct script *script, struct problems *problems)
{
    if (!flow_find(script->flows, channel->flow))
        problem_add(problems, config->file, channel->line, 1, "channel %.*s: there is no flow %.*s",
                    STR_ARG(channel->id), STR_ARG(channel->flow));
    if (channel->language.len && phrasebook_language(script->phrases, channel->language).len == 0)
        problem_add(problems, config->file, channel->line, 1, "channel %.*s: there are no phrases in %.*s",
                    STR_ARG(channel->id), STR_ARG(channel->language));
}

/* No URL is ever repeated: it may hold a password. */
static void check_database(const struct config *config, struct problems *problems)
{
    if (config->database_url.len && !pg_url_is_readable(config->database_url))
        problem_add(problems, config->file, config->database_line, 1,
                    "database_url: not of the form postgresql://user:password@host:port/database");
}

static void check_redis(const struct config *config, struct problems *problems)
{
    struct arena arena = {0};
    struct redis_address address;
    const char *why = "";
    if (config->redis_url.len && !redis_address_from(config->redis_url, &arena, &address, &why))
        problem_add(problems, config->file, config->redis_line, 1, "redis_url: %s", why);
    arena_free(&arena);
}

void config_check(const struct config *config, const struct script *script, struct problems *problems)
{
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        for (const struct channel_conf *channel = config->channels[kind]; channel; channel = channel->next)
            check_channel(config, channel, script, problems);
    check_database(config, problems);
    check_redis(config, problems);
    for (size_t i = 0; i < config->tickets.away_count; i++)
        if (phrasebook_language(script->phrases, config->tickets.away[i].language).len == 0)
            problem_add(problems, config->file, 0, 0, "tickets: away: there are no phrases in %.*s",
                        STR_ARG(config->tickets.away[i].language));
    for (const struct flow *flow = script->flows; flow; flow = flow->next)
        if (flow->webhook.len && config->webhook_secret.len == 0)
            problem_add(problems, flow->file, 0, 0,
                        "flow %.*s calls a webhook: WEBHOOK_SECRET must be set to sign it",
                        STR_ARG(flow->id));
    if (phrasebook_language(script->phrases, config->default_language).len == 0)
        problem_add(problems, config->file, 0, 0, "default_language: there are no phrases in %.*s",
                    STR_ARG(config->default_language));
}

const struct script *config_load_script(const struct config *config, struct arena *arena,
                                        struct problems *problems)
{
    size_t before = problems->count;
    const struct script *script =
        script_load(arena_cstring(arena, config->flows_dir), arena_cstring(arena, config->lang_dir),
                    config->default_language, arena, problems);
    if (script)
        config_check(config, script, problems);
    return problems->count == before ? script : NULL;
}
