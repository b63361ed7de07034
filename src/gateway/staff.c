/* May a person be asked for, and is somebody there? */

#include "gateway/staff.h"

_Static_assert(AWAY_MAX <= LANGUAGES_MAX, "there is room for the words of each language");

const struct staff *staff_at(const struct config *config, int64_t now_ms, struct arena *arena)
{
    if (!config->tickets.is_on)
        return NULL;
    struct staff *staff = arena_new(arena, struct staff);
    staff->is_open =
        hours_hold(&config->tickets.hours, now_ms + config->tickets.utc_offset_s * INT64_C(1000));
    staff->patience_ms = config->tickets.patience_minutes * INT64_C(60000);
    staff->away_count = config->tickets.away_count;
    for (size_t i = 0; i < staff->away_count; i++) {
        staff->away[i].language = config->tickets.away[i].language;
        staff->away[i].text = config->tickets.away[i].text;
    }
    return staff;
}
