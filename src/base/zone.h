#pragma once

/* Time zones of this machine's tzdata, by which frontdesk-chart reckons. */

#include "base/str.h"

/* Is there a zone of that name ("Asia/Kolkata")? Any text may be asked for. */
bool zone_is_known(struct str name);
