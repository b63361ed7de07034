#pragma once

/* The server's messages of the web chat protocol (docs/web-chat.md), as texts. Pure. */

#include "store/transcripts.h"

/* What went wrong, by the codes of the protocol. */
struct web_error {
    const char *code;
    const char *detail;
    struct str id; /* of the message it is about; may be empty */
};

struct str web_welcome_text(struct str session_key, struct str status, struct arena *arena);
struct str web_ack_text(struct str id, struct arena *arena);
struct str web_status_text(struct str status, struct arena *arena);
struct str web_typing_text(void);
struct str web_error_text(const struct web_error *error, struct arena *arena);
/* What was said or heard: type message or echo. Empty for a row that is none of ours. */
struct str web_row_text(const struct transcript_row *row, struct arena *arena);
/* What the person said, in words: their text, the title of their choice, their place. */
struct str web_heard_words(const struct transcript_row *row, const struct json *said, struct arena *arena);
