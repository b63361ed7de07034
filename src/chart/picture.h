#pragma once

/* A chart as a picture: a North Indian square and a western wheel, with what the job says of whom it is. All
 * words come with the job; this program has none. */

#include "base/json.h"
#include "chart/canvas.h"
#include "chart/ephemeris.h"
#include "chart/job.h"

#define PICTURE_BODIES  BODY_COUNT
#define PICTURE_LINES   3
#define PICTURE_ASPECTS 64

struct picture_body {
    int body;                  /* of enum body, whose symbol it has in the wheel */
    struct str label;          /* in the square */
    double sidereal, tropical; /* degrees */
    bool is_retrograde;
};

struct picture_aspect {
    size_t first, second; /* of the bodies */
    int kind;             /* of enum aspect_kind */
};

struct picture {
    bool is_svg;
    bool is_packed; /* the SVG, by gzip */
    bool is_tall;
    struct str title;
    struct str lines[PICTURE_LINES];
    size_t line_count;
    struct str link;        /* the QR code's; empty: none */
    struct str captions[2]; /* under the square, under the wheel */
    struct picture_body bodies[PICTURE_BODIES];
    size_t body_count;
    bool has_ascendant;
    struct picture_body ascendant;
    double midheaven; /* tropical */
    struct picture_aspect aspects[PICTURE_ASPECTS];
    size_t aspect_count;
};

/* Reads the member `picture` of a job. */
struct chart_error picture_read(const struct json *wanted, struct picture *out);

/* Draws; CHART_NONE and the bytes, or why not. */
struct chart_error picture_draw(const struct picture *picture, struct arena *arena, struct str *out);

/* ---- Inside the picture's own files ---- */

struct box {
    double x, y, side;
};

extern const struct colour picture_ink, picture_soft, picture_line, picture_mark, picture_warm, picture_cool,
    picture_paper;

void picture_square(struct canvas *canvas, struct box box, const struct picture *picture);
void picture_wheel(struct canvas *canvas, struct box box, const struct picture *picture);
/* The symbols of a sign (0 Aries to 11) and of a body. */
struct str picture_sign_symbol(int sign);
struct str picture_body_symbol(int body);
