#pragma once

/* A QR code of an address, as a small PNG. */

#include "base/arena.h"

/* "data:image/png;base64,…", a few hundred bytes; empty where the text is too long for a code. */
struct str qr_data_uri(struct str text, struct arena *arena);
