#pragma once

/* What was said and heard in web chats, by number. Asked for many sessions at once. */

#include "store/store.h"

struct transcript_row {
    int64_t seq;
    bool is_heard;    /* said by the person */
    struct str body;  /* JSON: as said, or as to be said */
    struct str title; /* of the choice that the person took; else empty */
};

struct transcripts;
struct transcript_ask {
    struct uuid session;
    int64_t after; /* the last seq that is known */
    /* Rows in order, without gaps, valid during the call; none when nothing is new. `status` is the
     * session's. */
    void (*done)(void *arg, enum err err, const struct transcript_row *rows, size_t count, struct str status);
    void *arg;
    struct transcript_ask *next; /* the queue's */
};

struct transcripts *transcripts_new(struct loop *loop, struct store *store);
void transcripts_free(struct transcripts *transcripts); /* after the store was closed */
/* `ask` is its caller's until `done` was called, from the loop. */
void transcript_read(struct transcripts *transcripts, struct transcript_ask *ask);
/* Most rows that come at once; after as many there may be more. */
#define TRANSCRIPT_ROWS_MAX 200
