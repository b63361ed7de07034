/* Can that place be on this earth, and does its clock have a name? */

#include "gateway/coordinates.h"

#include "base/zone.h"
#include "talk/answers.h"

#define ZONE_TYPE    "This must be text: a time zone of the IANA database, like Asia/Kolkata."
#define ZONE_UNKNOWN "There is no such time zone in the IANA database; it would be one like Asia/Kolkata."

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
    else if (!zone_is_known(json_text(zone)))
        out[count++] = (struct invalid_field){STR("timezone"), STR("unknown"), STR(ZONE_UNKNOWN)};
    return count;
}
