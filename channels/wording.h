#pragma once

/* Saying in words what a channel cannot show, and cutting what is too long for one message. */

#include "channels/channel.h"

/* Where a composing channel writes down what it could not show as asked. */
struct degradations {
    struct str *list;
    size_t *count;
};

#define DEGRADATIONS_OF(out) ((struct degradations){(out)->degraded, &(out)->degraded_count})

/* Notes it once; beyond DEGRADED_MAX different ones the note is dropped. */
void degrade(struct degradations notes, struct str what);

/* Appends a line (with a line break before it, if there is something before); nothing for an empty one. */
void put_line(struct buf *text, struct str line);
/* Appends "1 Yes", "2 No", …, a line each, with the description after a dash. */
void put_numbered(struct buf *text, const struct choice *choices, size_t count);
/* Appends "title: url", unless the text already has the URL. */
void put_link(struct buf *text, struct str title, struct str url);
/* What a template would have said, for a channel without templates: its parameters, a line each, where there
 * is no text of its own; the note says what became of it. */
void put_template(struct buf *text, const struct outbound *say, struct degradations notes, struct str note);
bool text_has_link(struct str text);

enum text_unit { UNIT_POINT, UNIT_UTF16 };

struct split {
    struct str parts[COMPOSED_MAX]; /* of the text given; white space at the cuts is left out */
    size_t count;                   /* 0 for a blank text */
    bool is_cut;                    /* something was left over after max parts */
};

/* Splits into at most `max` parts of at most `limit` units each: at a line break or space where there is one,
 * else between characters (never before a mark that belongs to the letter before it). */
struct split text_split(struct str text, enum text_unit unit, size_t limit, size_t max);

/* The end of a text, at most `limit` code points of it, beginning at a line, else a word, else a letter. */
struct str text_tail(struct str text, size_t limit);
