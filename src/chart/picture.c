/* How do the two charts and their words share a picture?
 *
 *   wide  1080 × 720: words and QR code above, the square left, the wheel right
 *   tall   720 × 1480: words and QR code above, the square, the wheel below */

#include "chart/picture.h"

#include "base/compress.h"

#define WIDE_WIDTH  1080.0
#define WIDE_HEIGHT 720.0
#define TALL_WIDTH  720.0
#define TALL_HEIGHT 1480.0
#define MARGIN      30.0
#define CODE_SIDE   150.0
#define CHART_SIDE  490.0
#define TALL_SIDE   600.0
#define HEAD_HEIGHT 176.0

const struct colour picture_ink = {0.13, 0.11, 0.20};
const struct colour picture_soft = {0.40, 0.37, 0.47};
const struct colour picture_line = {0.62, 0.55, 0.45};
const struct colour picture_mark = {0.29, 0.23, 0.56};
const struct colour picture_warm = {0.73, 0.26, 0.17};
const struct colour picture_cool = {0.10, 0.43, 0.55};
const struct colour picture_paper = {1.0, 0.992, 0.973};

static void put_head(struct canvas *canvas, const struct picture *picture, double width)
{
    double room = width - 2 * MARGIN - (picture->link.len ? CODE_SIDE + MARGIN : 0);
    struct text_style title = {.size = 42, .is_bold = true, .colour = picture_mark, .width_most = room};
    struct text_style line = {.size = 25, .colour = picture_ink, .width_most = room};
    canvas_text(canvas, (struct point){MARGIN, 52}, picture->title, &title);
    for (size_t i = 0; i < picture->line_count; i++)
        canvas_text(canvas, (struct point){MARGIN, 100 + 34 * (double)i}, picture->lines[i], &line);
    if (picture->link.len)
        canvas_code(canvas, (struct point){width - MARGIN - CODE_SIDE, 18}, CODE_SIDE, picture->link);
}

static void put_caption(struct canvas *canvas, struct box box, struct str text)
{
    struct text_style style = {
        .size = 20, .colour = picture_soft, .anchor = TEXT_CENTRE, .width_most = box.side};
    canvas_text(canvas, (struct point){box.x + box.side / 2, box.y + box.side + 20}, text, &style);
}

/* Whose font is missing? Of what people wrote a letter may be unknown to every font; of our own words none
 * may. */
static bool knows_all(struct canvas *canvas, const struct picture *picture)
{
    struct text_style words = {.size = 20};
    struct text_style symbols = {.size = 20, .is_symbols = true};
    bool knows = canvas_knows(canvas, STR("0"), &words);
    for (size_t i = 0; i < 2; i++)
        knows = knows && canvas_knows(canvas, picture->captions[i], &words);
    for (size_t i = 0; i < picture->body_count; i++)
        knows = knows && canvas_knows(canvas, picture->bodies[i].label, &words) &&
                canvas_knows(canvas, picture_body_symbol(picture->bodies[i].body), &symbols);
    for (int sign = 0; sign < 12; sign++)
        knows = knows && canvas_knows(canvas, picture_sign_symbol(sign), &symbols);
    return knows;
}

struct chart_error picture_draw(const struct picture *picture, struct arena *arena, struct str *out)
{
    double width = picture->is_tall ? TALL_WIDTH : WIDE_WIDTH;
    double height = picture->is_tall ? TALL_HEIGHT : WIDE_HEIGHT;
    double side = picture->is_tall ? TALL_SIDE : CHART_SIDE;
    double left = picture->is_tall ? (width - side) / 2 : MARGIN;
    struct box square = {left, HEAD_HEIGHT + 14, side};
    struct box wheel = picture->is_tall ? (struct box){left, square.y + side + 50, side}
                                        : (struct box){width - MARGIN - side, square.y, side};
    struct canvas *canvas = canvas_new(width, height, picture->is_svg, picture_paper, arena);
    bool knows = knows_all(canvas, picture);
    put_head(canvas, picture, width);
    picture_square(canvas, square, picture);
    picture_wheel(canvas, wheel, picture);
    put_caption(canvas, square, picture->captions[0]);
    put_caption(canvas, wheel, picture->captions[1]);
    *out = canvas_finish(canvas);
    if (!knows)
        return (struct chart_error){.fault = CHART_FONT_MISSING,
                                    .message = STR("no font here has all letters and signs: install "
                                                   "fonts-noto-core")};
    if (out->len == 0)
        return (struct chart_error){.fault = CHART_PICTURE_FAILED, .message = STR("cairo could not draw it")};
    if (picture->is_packed)
        *out = gzip_compress(arena, *out);
    return (struct chart_error){.fault = CHART_NONE};
}
