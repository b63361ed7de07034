/* Which script is this written in? */

#include "understand/understand.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define SCRIPTS_MAX 256

const char *understand_script(struct str text)
{
    uint16_t counts[SCRIPTS_MAX] = {0};
    int best = USCRIPT_COMMON;
    struct str rest = str_slice(text, 0, UINT16_MAX);
    while (rest.len > 0) {
        uint32_t point = utf8_next(&rest);
        if (!u_isalpha((UChar32)point))
            continue;
        UErrorCode status = U_ZERO_ERROR;
        int script = point < 0x80 ? USCRIPT_LATIN : (int)uscript_getScript((UChar32)point, &status);
        if (U_FAILURE(status) || script <= USCRIPT_INHERITED || script >= SCRIPTS_MAX)
            continue;
        counts[script]++;
        if (best == USCRIPT_COMMON || counts[script] > counts[best])
            best = script;
    }
    return best == USCRIPT_COMMON ? "" : uscript_getShortName((UScriptCode)best);
}
