#pragma once

/* A session as it may be shown: made once, masked or not, for the command line and the dashboard alike, so
 * that there is one place only where personal data could slip through. */

#include "base/json.h"

/* `found` is what sql/queries/sessions_show.sql gave. The same members, of which the transcript's entries
 * have become
 * {"at","by","channel","kind","text","operator"?,"choices"?,"link"?,"image"?,"state"?,"error_code"?,"error_title"?}:
 * what the person wrote or saw. */
const struct json *session_view(const struct json *found, bool reveals, struct arena *arena);
