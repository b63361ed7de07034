#pragma once

/* Inside the reading of the settings: one value each, every mistake noted where it stands. */

#include "base/yaml.h"
#include "gateway/config.h"

struct reading {
    struct arena *arena;
    struct problems *problems;
    struct config *config;
};

/* A scalar with its ${…} filled in; empty when absent. */
struct str setting_text(struct reading *reading, const struct yaml *map, const char *key);
int setting_int(struct reading *reading, const struct yaml *map, const char *key, int absent, int least,
                int most);
bool setting_bool(struct reading *reading, const struct yaml *map, const char *key);
/* Without a slash at the end. */
struct str setting_url(struct reading *reading, const struct yaml *map, const char *key);
struct str setting_without_slash(struct str url);

/* config_channels.c: one without its credentials is left out. After public_url. */
void config_read_channels(struct reading *reading, const struct yaml *root);
/* config_tickets.c: after the operators. */
void config_read_tickets(struct reading *reading, const struct yaml *root);
