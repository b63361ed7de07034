/* Where does SQL come from? From files that psql could run as well. */

#include "store/sql_file.h"

#include <stdio.h>

const char *sql_file_read(struct str path, struct arena *arena)
{
    FILE *file = fopen(arena_cstring(arena, path), "rb");
    if (!file)
        return NULL;
    struct buf text = {.arena = arena};
    char piece[4096];
    size_t len;
    while ((len = fread(piece, 1, sizeof piece, file)) > 0)
        buf_put(&text, (struct str){piece, len});
    bool is_whole = !ferror(file);
    fclose(file);
    buf_put_char(&text, '\0');
    return is_whole ? text.data : NULL;
}
