#pragma once

/* Texts for the browser that were built into the program from channels/web (cmake/embed.cmake). */

#include "base/str.h"

extern const struct str asset_widget_script;
extern const struct str asset_widget_style;
extern const struct str asset_front_page;
extern const struct str asset_icon;
extern const struct str asset_favicon; /* the same for who asks unasked; bytes */
extern const struct str asset_reference_page;
extern const struct str asset_reference_missing;
extern const struct str asset_reference_script;
extern const struct str asset_reference_style;
/* The parts of the OpenAPI document. */
extern const struct str asset_openapi_api;
extern const struct str asset_openapi_sessions;
extern const struct str asset_openapi_charts;
extern const struct str asset_openapi_webhooks;
extern const struct str asset_openapi_operations;
extern const struct str asset_openapi_pages;
extern const struct str asset_openapi_shared;
extern const struct str asset_openapi_answers;
extern const struct str asset_simulator_page;
extern const struct str asset_simulator_style;
extern const struct str asset_simulator_script;
extern const struct str asset_admin_page;
extern const struct str asset_admin_style;
extern const struct str asset_admin_script;
