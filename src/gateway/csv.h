#pragma once

/* One cell of a CSV file (RFC 4180) that spreadsheets show and never execute.
 *
 * A text that a spreadsheet could take for a formula (beginning with = + - @, a tab, CR or LF, also after
 * spaces and in full-width forms) gets an apostrophe in front: so a phone number, +919812345670, stays a text
 * with all its digits instead of becoming 9.19812E+11. A text that begins with an apostrophe gets one more:
 * whoever drops one leading apostrophe of each cell has exactly what was stored. */

#include "base/arena.h"

void csv_put_text(struct buf *out, struct str text);
