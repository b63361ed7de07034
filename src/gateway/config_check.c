/* Do the settings name only what there is? */

#include "gateway/config_check.h"

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

void config_check(const struct config *config, const struct script *script, struct problems *problems)
{
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        for (const struct channel_conf *channel = config->channels[kind]; channel; channel = channel->next)
            check_channel(config, channel, script, problems);
    if (phrasebook_language(script->phrases, config->default_language).len == 0)
        problem_add(problems, config->file, 0, 0, "default_language: there are no phrases in %.*s",
                    STR_ARG(config->default_language));
}
