/* Which script is this written in? */

#include "understand/normalise.h"
#include "understand/understand.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define SCRIPTS_MAX 256

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

/* The bytes at the front that are ASCII; notes whether there is a letter. */
static size_t ascii_len(struct str text, bool *has_letter)
{
    size_t len = 0;
    *has_letter = false;
    for (; len < text.len && (unsigned char)text.data[len] < 0x80; len++)
        *has_letter = *has_letter || point_is_letter((unsigned char)text.data[len]);
    return len;
}

const char *understand_script(struct str text)
{
    bool has_letter;
    if (ascii_len(text, &has_letter) == text.len)
        return has_letter ? "Latn" : "";
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
