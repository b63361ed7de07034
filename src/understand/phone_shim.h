#pragma once

/* libphonenumber, which is C++ only, for C. */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PHONE_E164_BYTES 24

/* Reads a number as written in `region` (ISO country); 0 when it is not a valid one. `out` gets its E.164
 * form, NUL-terminated. No exception leaves. */
int phone_shim_parse(const char *text, size_t len, const char *region, char out[PHONE_E164_BYTES]);

#define PHONE_REGION_BYTES 3

/* The ISO country of that E.164 number; 0 when it is of none, or of several. */
int phone_shim_region(const char *text, size_t len, char out[PHONE_REGION_BYTES]);

/* 1: nobody reads text messages on that E.164 number (a landline, a service number); 0: perhaps somebody
 * does. */
int phone_shim_is_landline(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
