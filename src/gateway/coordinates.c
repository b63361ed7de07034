/* Can that place be on this earth, and does its clock have a name? */

#include "gateway/coordinates.h"

#include "talk/answers.h"

#include <stdio.h>
#include <string.h>

#define ZONES        "/usr/share/zoneinfo"
#define ZONE_BYTES   64
#define ZONE_MAGIC   "TZif"
#define ZONE_TYPE    "This must be text: a time zone of the IANA database, like Asia/Kolkata."
#define ZONE_UNKNOWN "There is no such time zone in the IANA database; it would be one like Asia/Kolkata."

/* A zone is a file of the system's database; frontdesk-chart reads the same ones. */
static bool is_known_zone(struct str name)
{
    char path[sizeof ZONES + ZONE_BYTES + 2];
    char magic[sizeof ZONE_MAGIC - 1] = {0};
    if (!answer_is_timezone(name) || name.len > ZONE_BYTES)
        return false;
    snprintf(path, sizeof path, "%s/%.*s", ZONES, STR_ARG(name));
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t got = fread(magic, 1, sizeof magic, file);
    fclose(file);
    return got == sizeof magic && memcmp(magic, ZONE_MAGIC, sizeof magic) == 0;
}

static void check_degrees(const struct json *data, const char *name, const char *other, bool is_within,
                          const char *range, struct invalid_field *out, size_t *count)
{
    const struct json *degrees = json_get(data, name);
    struct invalid_field wrong = {.field = str_from(name)};
    if (json_is_nothing(degrees) && json_is_nothing(json_get(data, other)))
        return;
    if (json_is_nothing(degrees)) {
        wrong.code = STR("missing");
        wrong.detail = STR("Latitude and longitude go together: only the other one was given.");
    } else if (json_kind(degrees) != JSON_NUMBER) {
        wrong.code = STR("wrong_type");
        wrong.detail = STR("This must be a number, in degrees.");
    } else if (!is_within) {
        wrong.code = STR("impossible");
        wrong.detail = str_from(range);
    } else {
        return;
    }
    out[(*count)++] = wrong;
}

size_t coordinates_check(const struct json *data, struct invalid_field out[COORDINATES])
{
    size_t count = 0;
    const struct json *zone = json_get(data, "timezone");
    check_degrees(data, "latitude", "longitude", answer_is_latitude(json_get(data, "latitude")),
                  "A latitude lies between -90 and 90 degrees.", out, &count);
    check_degrees(data, "longitude", "latitude", answer_is_longitude(json_get(data, "longitude")),
                  "A longitude lies between -180 and 180 degrees.", out, &count);
    if (json_is_nothing(zone))
        return count;
    if (json_kind(zone) != JSON_TEXT)
        out[count++] = (struct invalid_field){STR("timezone"), STR("wrong_type"), STR(ZONE_TYPE)};
    else if (!is_known_zone(json_text(zone)))
        out[count++] = (struct invalid_field){STR("timezone"), STR("unknown"), STR(ZONE_UNKNOWN)};
    return count;
}
