/* Does this machine know a time zone of that name? A zone is a file of the system's database. */

#include "base/zone.h"

#include <stdio.h>
#include <string.h>

#define ZONES          "/usr/share/zoneinfo"
#define ZONE_BYTES_MAX 64
#define ZONE_MAGIC     "TZif"

/* Nothing that leads out of the database's folder. */
static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool is_inner = (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' || c == '/';
        if (!is_letter && (i == 0 || !is_inner))
            return false;
    }
    return name.len > 0 && name.len <= ZONE_BYTES_MAX;
}

bool zone_is_known(struct str name)
{
    char path[sizeof ZONES + ZONE_BYTES_MAX + 1];
    char magic[sizeof ZONE_MAGIC - 1] = {0};
    if (!is_name(name))
        return false;
    snprintf(path, sizeof path, "%s/%.*s", ZONES, STR_ARG(name));
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t got = fread(magic, 1, sizeof magic, file);
    fclose(file);
    return got == sizeof magic && memcmp(magic, ZONE_MAGIC, sizeof magic) == 0;
}
