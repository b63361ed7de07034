/* Where does what stand in a North Indian square? Twelve houses that never move: the first is the diamond at
 * the top, the others follow against the clock; a number says which sign a house is. */

#include "chart/picture.h"

#include <math.h>
#include <string.h>

#define LETTERS_MOST  23.0
/* Hard to read, but there: in 1962 eight stood in one sign. */
#define LETTERS_LEAST 5.0
#define LABEL_BYTES   64

/* Corners of the houses in a square of side 4, from the top left; triangles repeat their last corner. */
static const struct point houses[12][4] = {
    {{2, 0}, {1, 1}, {2, 2}, {3, 1}}, {{0, 0}, {1, 1}, {2, 0}, {2, 0}}, {{0, 0}, {0, 2}, {1, 1}, {1, 1}},
    {{1, 1}, {0, 2}, {1, 3}, {2, 2}}, {{0, 2}, {0, 4}, {1, 3}, {1, 3}}, {{1, 3}, {0, 4}, {2, 4}, {2, 4}},
    {{2, 2}, {1, 3}, {2, 4}, {3, 3}}, {{3, 3}, {2, 4}, {4, 4}, {4, 4}}, {{4, 2}, {3, 3}, {4, 4}, {4, 4}},
    {{3, 1}, {2, 2}, {3, 3}, {4, 2}}, {{4, 0}, {3, 1}, {4, 2}, {4, 2}}, {{2, 0}, {3, 1}, {4, 0}, {4, 0}},
};

/* Where a house's sign number stands, and the middle of what is in it. */
static const struct {
    struct point number;
    struct point middle;
} places[12] = {
    {{2, 1.76}, {2, 0.86}}, {{1, 0.74}, {1, 0.29}}, {{0.78, 1}, {0.28, 1}}, {{1.74, 2}, {0.92, 2}},
    {{0.78, 3}, {0.28, 3}}, {{1, 3.26}, {1, 3.71}}, {{2, 2.24}, {2, 3.14}}, {{3, 3.26}, {3, 3.71}},
    {{3.22, 3}, {3.72, 3}}, {{2.26, 2}, {3.08, 2}}, {{3.22, 1}, {3.72, 1}}, {{3, 0.74}, {3, 0.29}},
};

struct label {
    char text[LABEL_BYTES];
    struct str words;
    bool is_ascendant;
};

/* Width of a house at a height, all in the square's own units. */
static double width_at(const struct point *corners, double y, double *left)
{
    double least = 5;
    double most = -1;
    for (size_t i = 0; i < 4; i++) {
        struct point a = corners[i];
        struct point b = corners[(i + 1) % 4];
        if ((y < a.y && y < b.y) || (y > a.y && y > b.y))
            continue;
        double x = a.y == b.y ? a.x : a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
        double other = a.y == b.y ? b.x : x;
        least = least < x ? least : x;
        least = least < other ? least : other;
        most = most > x ? most : x;
        most = most > other ? most : other;
    }
    *left = least;
    return most > least ? most - least : 0;
}

/* The house without the corner in which its number stands. */
static void find_field(int house, struct point field[4])
{
    struct point number = places[house].number;
    struct point middle = places[house].middle;
    for (size_t i = 0; i < 4; i++) {
        field[i] = houses[house][i];
        if (fabs(field[i].x - number.x) + fabs(field[i].y - number.y) < 0.4)
            field[i] = (struct point){number.x + (middle.x - number.x) * 0.12,
                                      number.y + (middle.y - number.y) * 0.12};
    }
}

struct row {
    double middle; /* x */
    size_t fits;
};

/* How many labels of one width fit into a row that high at y. */
static struct row row_at(const struct point *corners, double y, double height, double label_width)
{
    double upper_left;
    double lower_left;
    double upper = width_at(corners, y - height / 2, &upper_left);
    double lower = width_at(corners, y + height / 2, &lower_left);
    double left = upper_left > lower_left ? upper_left : lower_left;
    double upper_right = upper_left + upper;
    double lower_right = lower_left + lower;
    double right = upper_right < lower_right ? upper_right : lower_right;
    double room = right - left - 0.08;
    if (upper <= 0 || lower <= 0 || room <= 0)
        return (struct row){.middle = (left + right) / 2};
    return (struct row){.middle = (left + right) / 2, .fits = (size_t)(room / label_width)};
}

/* Rows around the middle of the house; false: they don't hold all labels. */
static bool find_rows(const struct point *corners, struct point middle, double height, double label_width,
                      size_t row_count, size_t label_count, struct row *rows)
{
    size_t room = 0;
    for (size_t i = 0; i < row_count; i++) {
        double y = middle.y + ((double)i - ((double)row_count - 1) / 2) * height;
        if (y - height / 2 < 0.03 || y + height / 2 > 3.97)
            return false;
        rows[i] = row_at(corners, y, height, label_width);
        room += rows[i].fits;
    }
    return room >= label_count;
}

/* As even as the rows allow: a house of four is two and two, not three and one. */
static void share_out(struct row *rows, size_t row_count, size_t label_count)
{
    size_t room = 0;
    for (size_t i = 0; i < row_count; i++)
        room += rows[i].fits;
    while (room > label_count) {
        size_t fullest = 0;
        for (size_t i = 1; i < row_count; i++)
            if (rows[i].fits > rows[fullest].fits)
                fullest = i;
        rows[fullest].fits--;
        room--;
    }
}

static void put_rows(struct canvas *canvas, struct box box, struct point middle, const struct row *rows,
                     size_t row_count, double height, double label_width, const struct label *labels,
                     struct text_style style)
{
    double unit = box.side / 4;
    size_t next = 0;
    for (size_t i = 0; i < row_count; i++) {
        double y = middle.y + ((double)i - ((double)row_count - 1) / 2) * height;
        for (size_t k = 0; k < rows[i].fits; k++) {
            double x = rows[i].middle + ((double)k - ((double)rows[i].fits - 1) / 2) * label_width;
            style.colour = labels[next].is_ascendant ? picture_warm : picture_ink;
            style.is_bold = labels[next].is_ascendant;
            canvas_text(canvas, (struct point){box.x + x * unit, box.y + y * unit}, labels[next].words,
                        &style);
            next++;
        }
    }
}

static void put_labels(struct canvas *canvas, struct box box, int house, const struct label *labels,
                       size_t count)
{
    double unit = box.side / 4;
    struct text_style style = {.size = LETTERS_MOST * box.side / 490, .anchor = TEXT_CENTRE};
    struct row rows[PICTURE_BODIES + 1];
    struct point field[4];
    find_field(house, field);
    for (; style.size >= LETTERS_LEAST; style.size -= 1) {
        double widest = 0;
        for (size_t i = 0; i < count; i++) {
            double width = canvas_text_width(canvas, labels[i].words, &style);
            widest = widest > width ? widest : width;
        }
        double label_width = (widest + style.size * 0.45) / unit;
        double height = style.size * 1.28 / unit;
        for (size_t row_count = 1; row_count <= count; row_count++) {
            if (!find_rows(field, places[house].middle, height, label_width, row_count, count, rows))
                continue;
            share_out(rows, row_count, count);
            put_rows(canvas, box, places[house].middle, rows, row_count, height, label_width, labels, style);
            return;
        }
    }
}

/* "Su 28"; "Ma (3)" of one that goes backwards, as is the custom. */
static void make_label(struct label *label, const struct picture_body *body, bool is_ascendant)
{
    int degree = (int)degree_in_sign(body->sidereal);
    size_t len = body->label.len < LABEL_BYTES - 12 ? body->label.len : LABEL_BYTES - 12;
    memcpy(label->text, body->label.data, len);
    label->text[len++] = ' ';
    if (body->is_retrograde)
        label->text[len++] = '(';
    if (degree >= 10)
        label->text[len++] = (char)('0' + degree / 10);
    label->text[len++] = (char)('0' + degree % 10);
    if (body->is_retrograde)
        label->text[len++] = ')';
    label->words = (struct str){label->text, len};
    label->is_ascendant = is_ascendant;
}

/* Without an ascendant the Moon's sign is the first house, as is the custom. */
static int first_sign(const struct picture *picture)
{
    if (picture->has_ascendant)
        return sign_of(picture->ascendant.sidereal);
    for (size_t i = 0; i < picture->body_count; i++)
        if (picture->bodies[i].body == BODY_MOON)
            return sign_of(picture->bodies[i].sidereal);
    return 1;
}

static void put_lines(struct canvas *canvas, struct box box)
{
    double left = box.x;
    double top = box.y;
    double right = box.x + box.side;
    double bottom = box.y + box.side;
    double middle_x = box.x + box.side / 2;
    double middle_y = box.y + box.side / 2;
    const struct point frame[] = {{left, top}, {right, top}, {right, bottom}, {left, bottom}};
    const struct point diamond[] = {{middle_x, top}, {right, middle_y}, {middle_x, bottom}, {left, middle_y}};
    canvas_line(canvas, frame[0], frame[2], 1.6, picture_line);
    canvas_line(canvas, frame[1], frame[3], 1.6, picture_line);
    canvas_polygon(canvas, diamond, 4, NULL, &picture_line, 1.6);
    canvas_polygon(canvas, frame, 4, NULL, &picture_line, 3);
}

void picture_square(struct canvas *canvas, struct box box, const struct picture *picture)
{
    double unit = box.side / 4;
    int first = first_sign(picture);
    struct text_style number = {.size = 17 * box.side / 490, .colour = picture_soft, .anchor = TEXT_CENTRE};
    put_lines(canvas, box);
    for (int house = 0; house < 12; house++) {
        struct label labels[PICTURE_BODIES + 1];
        size_t count = 0;
        int sign = (first - 1 + house) % 12 + 1;
        char digits[3] = {(char)('0' + sign / 10), (char)('0' + sign % 10), 0};
        struct point at = {box.x + places[house].number.x * unit, box.y + places[house].number.y * unit};
        canvas_text(canvas, at, str_from(sign < 10 ? digits + 1 : digits), &number);
        if (house == 0 && picture->has_ascendant)
            make_label(&labels[count++], &picture->ascendant, true);
        for (size_t i = 0; i < picture->body_count; i++)
            if (sign_of(picture->bodies[i].sidereal) == sign)
                make_label(&labels[count++], &picture->bodies[i], false);
        if (count)
            put_labels(canvas, box, house, labels, count);
    }
}
