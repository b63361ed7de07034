#pragma once

/* Something to draw on: lines, areas and words, and in the end a PNG or SVG. Lengths are pixels, y grows
 * downwards. Words are shaped by pango, so that Devanagari is right; in an SVG they are outlines, so that it
 * looks the same where the font is missing. */

#include "base/arena.h"

struct colour {
    double red, green, blue; /* 0 to 1 */
};

struct point {
    double x, y;
};

enum text_anchor { TEXT_LEFT, TEXT_CENTRE, TEXT_RIGHT };

struct text_style {
    double size; /* of the letters, pixels */
    bool is_bold;
    bool is_symbols; /* signs of zodiac and planets */
    struct colour colour;
    enum text_anchor anchor;
    double width_most; /* smaller letters, then an ellipsis, where it would be wider; 0: as wide as it is */
};

struct canvas;

/* What was drawn before `canvas_finish` is on a background of that colour. */
struct canvas *canvas_new(double width, double height, bool is_svg, struct colour background,
                          struct arena *arena);
void canvas_line(struct canvas *canvas, struct point from, struct point to, double width,
                 struct colour colour);
/* Closed; `fill` or `stroke` may be NULL. */
void canvas_polygon(struct canvas *canvas, const struct point *points, size_t count,
                    const struct colour *fill, const struct colour *stroke, double width);
void canvas_circle(struct canvas *canvas, struct point centre, double radius, const struct colour *fill,
                   const struct colour *stroke, double width);
/* `at` is the middle of the line of text in height, and its left, middle or right in width. */
void canvas_text(struct canvas *canvas, struct point at, struct str text, const struct text_style *style);
double canvas_text_width(struct canvas *canvas, struct str text, const struct text_style *style);
/* A square QR code with its white margin; false: the text is too long. */
bool canvas_code(struct canvas *canvas, struct point corner, double side, struct str text);

/* Does a font here have all letters of the text? */
bool canvas_knows(struct canvas *canvas, struct str text, const struct text_style *style);

/* The bytes, in the arena; empty when the library failed. Frees the canvas. */
struct str canvas_finish(struct canvas *canvas);
