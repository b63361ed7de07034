#pragma once

/* What the command line and the dashboard show of personal data when they were not asked to reveal it. Masks
 * of nothing are nothing. */

#include "base/json.h"

struct str mask_name(struct str name, struct arena *arena);       /* "A…" */
struct str mask_address(struct str address, struct arena *arena); /* "+919…70"; short ones hidden whole */
/* Of a network address the first parts ("203.0.…"): enough to see that several are one, too little to find
 * somebody. */
struct str mask_client(struct str client, struct arena *arena);
struct str mask_text(struct str text, struct arena *arena); /* "… (12 characters)" */

/* collected_data, given as its text: `name` keeps its initial, null stays (not known), all else is hidden,
 * also a key that is no step's id. With `reveals` as it is. An object, empty where the text is none. */
const struct json *mask_answers(struct str data, bool reveals, struct arena *arena);
