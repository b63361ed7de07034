#pragma once

/* HTML from text that anybody may have written. */

#include "base/arena.h"

/* Text, safe in content and in quoted attributes. */
void html_put_text(struct buf *out, struct str text);
