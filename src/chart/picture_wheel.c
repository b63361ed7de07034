/* Where does what stand in the western wheel? The ascendant is at the left, the zodiac runs against the
 * clock; in the middle the lines of the aspects. Planets that are close are drawn apart, with a line to where
 * they are. */

#include "chart/aspects.h"
#include "chart/picture.h"

#include <math.h>
#include <string.h>

#define APART_DEGREES  11.5
#define SPREAD_ROUNDS  400
#define BESIDE_DEGREES 5.5

/* Parts of the wheel's radius. */
#define RING      0.84 /* inner edge of the zodiac */
#define AXIS_NAME 0.795
#define PLANET    0.71
#define DEGREE    0.575
#define ASPECT    0.49

static const struct colour sign_grounds[4] = {
    {0.985, 0.925, 0.895}, {0.935, 0.960, 0.905}, {0.985, 0.960, 0.880}, {0.905, 0.940, 0.975}};

struct wheel {
    struct canvas *canvas;
    struct point centre;
    double radius;
    double left; /* the tropical longitude at the left */
};

struct str picture_sign_symbol(int sign)
{
    /* U+FE0E: as letters, not as coloured pictures. */
    static const struct str symbols[] = {
        STR_INIT("♈\uFE0E"), STR_INIT("♉\uFE0E"), STR_INIT("♊\uFE0E"), STR_INIT("♋\uFE0E"),
        STR_INIT("♌\uFE0E"), STR_INIT("♍\uFE0E"), STR_INIT("♎\uFE0E"), STR_INIT("♏\uFE0E"),
        STR_INIT("♐\uFE0E"), STR_INIT("♑\uFE0E"), STR_INIT("♒\uFE0E"), STR_INIT("♓\uFE0E"),
    };
    return symbols[sign];
}

struct str picture_body_symbol(int body)
{
    static const struct str symbols[BODY_COUNT] = {
        STR_INIT("☉"), STR_INIT("☽"), STR_INIT("☿"), STR_INIT("♀"), STR_INIT("♂"), STR_INIT("♃"),
        STR_INIT("♄"), STR_INIT("☊"), STR_INIT("☋"), STR_INIT("♅"), STR_INIT("♆"), STR_INIT("♇"),
    };
    return symbols[body];
}

static struct point at(const struct wheel *wheel, double longitude, double part)
{
    double angle = (180 + longitude - wheel->left) * M_PI / 180;
    return (struct point){wheel->centre.x + wheel->radius * part * cos(angle),
                          wheel->centre.y - wheel->radius * part * sin(angle)};
}

static void put_zodiac(const struct wheel *wheel)
{
    struct text_style style = {
        .size = wheel->radius * 0.11, .is_symbols = true, .colour = picture_mark, .anchor = TEXT_CENTRE};
    for (int sign = 0; sign < 12; sign++) {
        struct point ring[62];
        for (int i = 0; i <= 30; i++) {
            ring[i] = at(wheel, sign * 30 + i, 1);
            ring[61 - i] = at(wheel, sign * 30 + i, RING);
        }
        canvas_polygon(wheel->canvas, ring, 62, &sign_grounds[sign % 4], &picture_line, 1.2);
        canvas_text(wheel->canvas, at(wheel, sign * 30 + 15, (1 + RING) / 2), picture_sign_symbol(sign),
                    &style);
    }
    for (int degree = 0; degree < 360; degree += 5)
        canvas_line(wheel->canvas, at(wheel, degree, RING),
                    at(wheel, degree, RING + (degree % 10 ? 0.012 : 0.022)), 1, picture_line);
    canvas_circle(wheel->canvas, wheel->centre, wheel->radius, NULL, &picture_line, 2.4);
    canvas_circle(wheel->canvas, wheel->centre, wheel->radius * RING, NULL, &picture_line, 1.6);
    canvas_circle(wheel->canvas, wheel->centre, wheel->radius * ASPECT, NULL, &picture_line, 1.2);
}

static const struct colour *aspect_colour(int kind)
{
    switch ((enum aspect_kind)kind) {
    case ASPECT_SQUARE:
    case ASPECT_OPPOSITION:
        return &picture_warm;
    case ASPECT_SEXTILE:
    case ASPECT_TRINE:
        return &picture_cool;
    case ASPECT_CONJUNCTION:
    case ASPECT_COUNT:
        break;
    }
    return NULL;
}

static void put_aspects(const struct wheel *wheel, const struct picture *picture)
{
    for (size_t i = 0; i < picture->aspect_count; i++) {
        const struct picture_aspect *aspect = &picture->aspects[i];
        const struct colour *colour = aspect_colour(aspect->kind);
        if (colour)
            canvas_line(wheel->canvas, at(wheel, picture->bodies[aspect->first].tropical, ASPECT),
                        at(wheel, picture->bodies[aspect->second].tropical, ASPECT), 1.6, *colour);
    }
}

/* Ascendant, midheaven and what lies opposite. */
static void put_axes(const struct wheel *wheel, const struct picture *picture)
{
    const double axes[] = {picture->ascendant.tropical, picture->midheaven};
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        canvas_line(wheel->canvas, at(wheel, axes[i], ASPECT), at(wheel, axes[i], RING), 2.2, picture_warm);
        canvas_line(wheel->canvas, at(wheel, axes[i] + 180, ASPECT), at(wheel, axes[i] + 180, RING), 1.2,
                    picture_warm);
    }
}

/* How much room is left beside a longitude by the planets as they are drawn? */
static double room_at(double longitude, const double *shown, size_t count)
{
    double room = 180;
    for (size_t i = 0; i < count; i++)
        room = fmin(room, fmin(degrees_between(shown[i], longitude), degrees_between(longitude, shown[i])));
    return room;
}

/* Beside their lines, where no planet stands, or the farther one. */
static void put_axis_names(const struct wheel *wheel, const struct picture *picture, const double *shown)
{
    const struct {
        double longitude;
        struct str name;
    } axes[] = {{picture->ascendant.tropical, STR_INIT("AC")}, {picture->midheaven, STR_INIT("MC")}};
    struct text_style style = {
        .size = wheel->radius * 0.05, .is_bold = true, .colour = picture_warm, .anchor = TEXT_CENTRE};
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        double after = axes[i].longitude + BESIDE_DEGREES;
        double before = axes[i].longitude - BESIDE_DEGREES;
        bool is_before =
            room_at(before, shown, picture->body_count) > room_at(after, shown, picture->body_count);
        canvas_text(wheel->canvas, at(wheel, is_before ? before : after, AXIS_NAME), axes[i].name, &style);
    }
}

/* Pushes neighbours apart, a little at a time, until none is too close. They stand in order on a line that
 * begins behind the widest gap: so the order stays, whoever is pushed past the end of the circle. */
static void spread(double *shown, size_t count)
{
    for (int round = 0; round < SPREAD_ROUNDS; round++) {
        double narrowest = APART_DEGREES;
        for (size_t i = 0; i < count && count > 1; i++) {
            bool is_last = i + 1 == count;
            double gap = is_last ? shown[0] + 360 - shown[i] : shown[i + 1] - shown[i];
            double push = gap < APART_DEGREES ? (APART_DEGREES - gap) / 2 : 0;
            narrowest = narrowest < gap ? narrowest : gap;
            shown[i] -= push;
            shown[is_last ? 0 : i + 1] += push;
        }
        if (narrowest > APART_DEGREES - 0.05)
            return;
    }
}

/* Turns the list so that it begins behind its widest gap, and goes on beyond 360. */
static void begin_at_gap(size_t *order, const struct picture *picture)
{
    size_t count = picture->body_count;
    size_t turned[PICTURE_BODIES];
    size_t begin = 0;
    double widest = 0;
    for (size_t i = 0; i < count; i++) {
        double gap = degrees_between(picture->bodies[order[i]].tropical,
                                     picture->bodies[order[(i + 1) % count]].tropical);
        if (gap > widest) {
            widest = gap;
            begin = (i + 1) % count;
        }
    }
    for (size_t i = 0; i < count; i++)
        turned[i] = order[(begin + i) % count];
    memcpy(order, turned, count * sizeof *order);
}

static void put_body(const struct wheel *wheel, const struct picture_body *body, double shown)
{
    struct text_style symbol = {
        .size = wheel->radius * 0.125, .is_symbols = true, .colour = picture_ink, .anchor = TEXT_CENTRE};
    struct text_style degree = {.size = wheel->radius * 0.058, .colour = picture_soft, .anchor = TEXT_CENTRE};
    int whole = (int)degree_in_sign(body->tropical);
    char digits[] = {(char)('0' + whole / 10),
                     (char)('0' + whole % 10),
                     '\xC2',
                     '\xB0',
                     body->is_retrograde ? 'r' : '\0',
                     '\0'};
    canvas_line(wheel->canvas, at(wheel, body->tropical, RING), at(wheel, body->tropical, RING - 0.025), 1.8,
                picture_ink);
    canvas_line(wheel->canvas, at(wheel, body->tropical, RING - 0.025), at(wheel, shown, PLANET + 0.068), 0.9,
                picture_soft);
    /* On clean paper, whatever axis runs there. */
    canvas_circle(wheel->canvas, at(wheel, shown, PLANET), wheel->radius * 0.066, &picture_paper, NULL, 0);
    canvas_circle(wheel->canvas, at(wheel, shown, DEGREE), wheel->radius * 0.042, &picture_paper, NULL, 0);
    canvas_text(wheel->canvas, at(wheel, shown, PLANET), picture_body_symbol(body->body), &symbol);
    canvas_text(wheel->canvas, at(wheel, shown, DEGREE), str_from(whole < 10 ? digits + 1 : digits), &degree);
}

static void put_bodies(const struct wheel *wheel, const struct picture *picture)
{
    size_t order[PICTURE_BODIES];
    double shown[PICTURE_BODIES];
    for (size_t i = 0; i < picture->body_count; i++) {
        size_t k = i;
        for (; k > 0 && picture->bodies[order[k - 1]].tropical > picture->bodies[i].tropical; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    begin_at_gap(order, picture);
    for (size_t i = 0; i < picture->body_count; i++) {
        shown[i] = picture->bodies[order[i]].tropical;
        if (i > 0 && shown[i] < shown[i - 1])
            shown[i] += 360;
    }
    spread(shown, picture->body_count);
    for (size_t i = 0; i < picture->body_count; i++)
        put_body(wheel, &picture->bodies[order[i]], shown[i]);
    if (picture->has_ascendant)
        put_axis_names(wheel, picture, shown);
}

void picture_wheel(struct canvas *canvas, struct box box, const struct picture *picture)
{
    struct wheel wheel = {
        .canvas = canvas,
        .centre = {box.x + box.side / 2, box.y + box.side / 2},
        .radius = box.side / 2,
        .left = picture->has_ascendant ? picture->ascendant.tropical : 0,
    };
    put_zodiac(&wheel);
    put_aspects(&wheel, picture);
    if (picture->has_ascendant)
        put_axes(&wheel, picture);
    put_bodies(&wheel, picture);
}
