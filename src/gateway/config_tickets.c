/* Who answers from the dashboard, and when? */

#include "gateway/config_reading.h"

#define AWAY_POINTS 300

static void read_away(struct reading *reading, const struct yaml *away)
{
    struct config *config = reading->config;
    if (yaml_is_null(away))
        return;
    if (away->kind != YAML_MAP) {
        yaml_problem(reading->problems, away, "away must be a list of languages, each with its words");
        return;
    }
    for (const struct yaml *words = away->first; words; words = words->next) {
        struct str text = setting_text(reading, away, arena_cstring(reading->arena, words->key));
        if (config->tickets.away_count == AWAY_MAX || utf8_length(text) > AWAY_POINTS) {
            yaml_problem(reading->problems, words,
                         "away takes at most %d languages, and %d characters in each", AWAY_MAX, AWAY_POINTS);
            return;
        }
        config->tickets.away[config->tickets.away_count].language = words->key;
        config->tickets.away[config->tickets.away_count++].text = text;
    }
}

void config_read_tickets(struct reading *reading, const struct yaml *root)
{
    static const char *const known[] = {"on",   "hours", "utc_offset_minutes", "patience_minutes",
                                        "away", NULL};
    struct config *config = reading->config;
    const struct yaml *map = yaml_get(root, "tickets");
    yaml_check_keys(map, known, reading->problems);
    config->tickets.is_on = setting_bool(reading, map, "on");
    config->tickets.utc_offset_s = 60 * setting_int(reading, map, "utc_offset_minutes", 330, -720, 840);
    config->tickets.patience_minutes = setting_int(reading, map, "patience_minutes", 10, 1, 1440);
    config->tickets.hours_text = setting_text(reading, map, "hours");
    if (!hours_from(config->tickets.hours_text, &config->tickets.hours))
        yaml_problem(reading->problems, yaml_get(map, "hours"),
                     "hours must be spans such as mon-fri 09:00-18:00, sat 10:00-14:00; empty: always");
    if (config->tickets.is_on && !config_has_operators(config))
        yaml_problem(reading->problems, map,
                     "tickets are answered in the dashboard: set ADMIN_TOKEN or ADMIN_TOKENS_FILE");
    read_away(reading, yaml_get(map, "away"));
}
