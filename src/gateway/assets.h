#pragma once

/* Texts for the browser that were built into the program from channels/web (cmake/embed.cmake). */

#include "base/str.h"

extern const struct str asset_widget_script;
extern const struct str asset_widget_style;
extern const struct str asset_front_page;
