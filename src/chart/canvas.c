/* How are lines and words drawn? By cairo and pango; nobody else here knows them. */

#include "chart/canvas.h"

#include "chart/png.h"

#include <cairo-svg.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#define FAMILY         "Noto Sans, Noto Sans Devanagari, sans-serif"
#define SYMBOLS_FAMILY "Noto Sans Symbols, Noto Sans Symbols2, DejaVu Sans, Noto Sans"
#define SHRUNK_LEAST   0.7 /* of the wanted size, before an ellipsis */
#define QUIET_MODULES  4
#define CODE_BYTES     500

struct canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
    bool is_svg;
    struct buf out;
};

static cairo_status_t put_bytes(void *arg, const unsigned char *data, unsigned int len)
{
    struct canvas *canvas = arg;
    buf_put(&canvas->out, (struct str){(const char *)data, len});
    return CAIRO_STATUS_SUCCESS;
}

static void set_colour(struct canvas *canvas, struct colour colour)
{
    cairo_set_source_rgb(canvas->cairo, colour.red, colour.green, colour.blue);
}

struct canvas *canvas_new(double width, double height, bool is_svg, struct colour background,
                          struct arena *arena)
{
    struct canvas *canvas = arena_new(arena, struct canvas);
    canvas->is_svg = is_svg;
    canvas->out.arena = arena;
    canvas->surface = is_svg ? cairo_svg_surface_create_for_stream(put_bytes, canvas, width, height)
                             : cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    if (is_svg)
        cairo_svg_surface_set_document_unit(canvas->surface, CAIRO_SVG_UNIT_PX);
    canvas->cairo = cairo_create(canvas->surface);
    cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(canvas->cairo, CAIRO_LINE_CAP_ROUND);
    set_colour(canvas, background);
    cairo_paint(canvas->cairo);
    return canvas;
}

static void paint(struct canvas *canvas, const struct colour *fill, const struct colour *stroke, double width)
{
    if (fill) {
        set_colour(canvas, *fill);
        cairo_fill_preserve(canvas->cairo);
    }
    if (stroke) {
        set_colour(canvas, *stroke);
        cairo_set_line_width(canvas->cairo, width);
        cairo_stroke_preserve(canvas->cairo);
    }
    cairo_new_path(canvas->cairo);
}

void canvas_line(struct canvas *canvas, struct point from, struct point to, double width,
                 struct colour colour)
{
    cairo_move_to(canvas->cairo, from.x, from.y);
    cairo_line_to(canvas->cairo, to.x, to.y);
    paint(canvas, NULL, &colour, width);
}

void canvas_polygon(struct canvas *canvas, const struct point *points, size_t count,
                    const struct colour *fill, const struct colour *stroke, double width)
{
    for (size_t i = 0; i < count; i++)
        cairo_line_to(canvas->cairo, points[i].x, points[i].y);
    cairo_close_path(canvas->cairo);
    paint(canvas, fill, stroke, width);
}

void canvas_circle(struct canvas *canvas, struct point centre, double radius, const struct colour *fill,
                   const struct colour *stroke, double width)
{
    cairo_arc(canvas->cairo, centre.x, centre.y, radius, 0, 2 * M_PI);
    cairo_close_path(canvas->cairo);
    paint(canvas, fill, stroke, width);
}

/* ---- Words ---- */

static PangoLayout *lay_out(struct canvas *canvas, struct str text, const struct text_style *style,
                            double size)
{
    PangoLayout *layout = pango_cairo_create_layout(canvas->cairo);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, style->is_symbols ? SYMBOLS_FAMILY : FAMILY);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, style->is_bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, text.data ? text.data : "", (int)text.len);
    return layout;
}

static double width_of(PangoLayout *layout)
{
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    return box.width / (double)PANGO_SCALE;
}

double canvas_text_width(struct canvas *canvas, struct str text, const struct text_style *style)
{
    PangoLayout *layout = lay_out(canvas, text, style, style->size);
    double width = width_of(layout);
    g_object_unref(layout);
    return width;
}

bool canvas_knows(struct canvas *canvas, struct str text, const struct text_style *style)
{
    PangoLayout *layout = lay_out(canvas, text, style, style->size);
    bool is_known = pango_layout_get_unknown_glyphs_count(layout) == 0;
    g_object_unref(layout);
    return is_known;
}

static PangoLayout *lay_out_within(struct canvas *canvas, struct str text, const struct text_style *style)
{
    PangoLayout *layout = lay_out(canvas, text, style, style->size);
    double width = width_of(layout);
    if (style->width_most <= 0 || width <= style->width_most)
        return layout;
    g_object_unref(layout);
    double shrunk = style->width_most / width;
    layout = lay_out(canvas, text, style, style->size * (shrunk > SHRUNK_LEAST ? shrunk : SHRUNK_LEAST));
    pango_layout_set_width(layout, (int)(style->width_most * PANGO_SCALE));
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    return layout;
}

void canvas_text(struct canvas *canvas, struct point at, struct str text, const struct text_style *style)
{
    PangoLayout *layout = lay_out_within(canvas, text, style);
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    double width = box.width / (double)PANGO_SCALE;
    double height = box.height / (double)PANGO_SCALE;
    double left = style->anchor == TEXT_LEFT     ? at.x
                  : style->anchor == TEXT_CENTRE ? at.x - width / 2
                                                 : at.x - width;
    set_colour(canvas, style->colour);
    cairo_move_to(canvas->cairo, left - box.x / (double)PANGO_SCALE, at.y - height / 2);
    pango_cairo_show_layout(canvas->cairo, layout);
    /* The point stays current after the text, and would be the beginning of the next arc. */
    cairo_new_path(canvas->cairo);
    g_object_unref(layout);
}

bool canvas_code(struct canvas *canvas, struct point corner, double side, struct str text)
{
    QRcode *code = text.len <= CODE_BYTES
                       ? QRcode_encodeString8bit(arena_cstring(canvas->out.arena, text), 0, QR_ECLEVEL_M)
                       : NULL;
    if (!code)
        return false;
    double module = side / (code->width + 2 * QUIET_MODULES);
    cairo_set_source_rgb(canvas->cairo, 1, 1, 1);
    cairo_rectangle(canvas->cairo, corner.x, corner.y, side, side);
    cairo_fill(canvas->cairo);
    cairo_set_source_rgb(canvas->cairo, 0, 0, 0);
    /* Modules that touch must leave no light line between them. */
    cairo_set_antialias(canvas->cairo, CAIRO_ANTIALIAS_NONE);
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++)
            if (code->data[row * code->width + column] & 1)
                cairo_rectangle(canvas->cairo, corner.x + (column + QUIET_MODULES) * module,
                                corner.y + (row + QUIET_MODULES) * module, module, module);
    cairo_fill(canvas->cairo);
    cairo_set_antialias(canvas->cairo, CAIRO_ANTIALIAS_DEFAULT);
    QRcode_free(code);
    return true;
}

static struct str pixels_as_png(const struct canvas *canvas)
{
    cairo_surface_t *surface = canvas->surface;
    return png_of_pixels(cairo_image_surface_get_data(surface),
                         (uint32_t)cairo_image_surface_get_width(surface),
                         (uint32_t)cairo_image_surface_get_height(surface),
                         (size_t)cairo_image_surface_get_stride(surface), canvas->out.arena);
}

struct str canvas_finish(struct canvas *canvas)
{
    cairo_status_t status = cairo_status(canvas->cairo);
    cairo_destroy(canvas->cairo);
    cairo_surface_flush(canvas->surface);
    if (!canvas->is_svg && status == CAIRO_STATUS_SUCCESS)
        buf_put(&canvas->out, pixels_as_png(canvas));
    cairo_surface_finish(canvas->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(canvas->surface);
    cairo_surface_destroy(canvas->surface);
    return status == CAIRO_STATUS_SUCCESS ? buf_str(&canvas->out) : (struct str){0};
}
