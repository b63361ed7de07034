#pragma once

/* What a programmer gets to read and to try: the OpenAPI document, and a page that shows it. */

#include "gateway/config.h"

struct reference;

/* Read once, before the workers start: they share its megabytes. Lives in the arena. Where Swagger UI is not
 * installed, /docs says so. */
const struct reference *reference_load(const struct config *config, struct arena *arena);
