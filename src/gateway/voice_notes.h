#pragma once

/* Voice notes: what was committed as a recording comes back as words, by a turn of its own. */

#include "gateway/turn.h"

struct voice_notes;

/* May this be written down? A recording by WhatsApp, and there is a service. */
bool voice_note_is(const struct gateway *gateway, const struct inbound *said);
/* The job's payload: where the recording is, and whose it is. */
struct json *voice_note_payload(const struct inbound *said, struct uuid session, struct str language,
                                struct arena *arena);

/* NULL where there is no transcriber. */
struct voice_notes *voice_notes_new(struct gateway *gateway);
void voice_notes_wake(struct voice_notes *notes); /* one was just committed; `notes` may be NULL, below too */
void voice_notes_drain(struct voice_notes *notes);
size_t voice_notes_under_way(const struct voice_notes *notes);
void voice_notes_free(struct voice_notes *notes);
