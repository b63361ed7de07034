/* Which settings are meant where none are named? The current folder's; else those of the tree that the
 * program stands in, so that it answers from any folder. */

#include "cli/cli.h"
#include "gateway/config.h"

#include <string.h>
#include <unistd.h>

const char *settings_find(char out[SETTINGS_PATH_BYTES])
{
    static const char name[] = "/" CONFIG_FILE;
    if (access(CONFIG_FILE, F_OK) == 0)
        return NULL;
    ssize_t len = readlink("/proc/self/exe", out, SETTINGS_PATH_BYTES - sizeof name);
    while (len > 0) {
        while (len > 0 && out[--len] != '/')
            continue;
        memcpy(out + len, name, sizeof name);
        if (access(out, F_OK) == 0)
            return out;
    }
    return NULL;
}
