/* Which YAML files does a folder hold? In the order of their names, so that two starts see the same. */

#include "base/folder.h"

#include <dirent.h>
#include <stdlib.h>

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct folder_file *)a)->id, ((const struct folder_file *)b)->id);
}

size_t folder_files(const char *folder, struct folder_file out[FOLDER_FILES_MAX], struct arena *arena,
                    struct problems *problems)
{
    DIR *listing = opendir(folder);
    if (!listing) {
        problem_add(problems, str_from(folder), 0, 0, "this folder can't be read");
        return 0;
    }
    size_t count = 0;
    for (const struct dirent *entry = readdir(listing); entry; entry = readdir(listing)) {
        struct str name = str_from(entry->d_name);
        if (!str_ends(name, STR(".yaml")) || name.data[0] == '.')
            continue;
        if (count == FOLDER_FILES_MAX) {
            problem_add(problems, str_from(folder), 0, 0, "this folder holds more than %d files",
                        FOLDER_FILES_MAX);
            break;
        }
        out[count++] = (struct folder_file){
            .id = arena_copy(arena, str_slice(name, 0, name.len - 5)),
            .path = arena_printf(arena, "%s/%s", folder, entry->d_name).data,
        };
    }
    closedir(listing);
    qsort(out, count, sizeof *out, by_name);
    return count;
}
