/* How does a form bring a file along? Between parts stands a boundary of 128 random bits, which nothing that
 * somebody sends can contain. */

#include "base/multipart.h"

#include "base/digest.h"
#include "base/encoding.h"

#define BOUNDARY_BYTES 16

struct multipart multipart_begin(struct arena *arena)
{
    uint8_t random[BOUNDARY_BYTES];
    random_bytes(random, sizeof random);
    return (struct multipart){.body = {.arena = arena}, .boundary = hex_encode(arena, random, sizeof random)};
}

void multipart_put(struct multipart *form, const char *name, struct str value)
{
    buf_printf(&form->body, "--%.*s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n",
               STR_ARG(form->boundary), name);
    buf_put(&form->body, value);
    buf_put(&form->body, STR("\r\n"));
}

void multipart_put_file(struct multipart *form, const char *name, struct str filename, struct str type,
                        struct str bytes)
{
    buf_printf(&form->body,
               "--%.*s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%.*s\"\r\n"
               "Content-Type: %.*s\r\n\r\n",
               STR_ARG(form->boundary), name, STR_ARG(filename), STR_ARG(type));
    buf_put(&form->body, bytes);
    buf_put(&form->body, STR("\r\n"));
}

struct str multipart_end(struct multipart *form)
{
    buf_printf(&form->body, "--%.*s--\r\n", STR_ARG(form->boundary));
    return buf_str(&form->body);
}

struct str multipart_type(const struct multipart *form, struct arena *arena)
{
    return arena_printf(arena, "multipart/form-data; boundary=%.*s", STR_ARG(form->boundary));
}
