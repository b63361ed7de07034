/* Which script is this written in? */

#include "understand/normalise.h"
#include "understand/understand.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define SCRIPTS_MAX 256

/* Nearly all that is written is Latin, and most of that ASCII. */
static int script_of(uint32_t point)
{
    if (point < 0x80)
        return point_is_letter(point) ? USCRIPT_LATIN : USCRIPT_COMMON;
    if (!u_isalpha((UChar32)point))
        return USCRIPT_COMMON;
    UErrorCode status = U_ZERO_ERROR;
    int script = (int)uscript_getScript((UChar32)point, &status);
    return U_SUCCESS(status) ? script : USCRIPT_COMMON;
}

const char *understand_script(struct str text)
{
    uint16_t counts[SCRIPTS_MAX] = {0};
    int best = USCRIPT_COMMON;
    struct str rest = str_slice(text, 0, UINT16_MAX);
    while (rest.len > 0) {
        int script = script_of(utf8_next(&rest));
        if (script <= USCRIPT_INHERITED || script >= SCRIPTS_MAX)
            continue;
        counts[script]++;
        if (best == USCRIPT_COMMON || counts[script] > counts[best])
            best = script;
    }
    return best == USCRIPT_COMMON ? "" : uscript_getShortName((UScriptCode)best);
}
