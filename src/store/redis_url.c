/* What does REDIS_URL say? */

#include "store/redis_url.h"

#include "base/form.h"

#include <sys/un.h>

#define PORT_USUAL 6379
#define DB_MOST    65535
#define NAME_BYTES 253

/* A part of the URL with its %xx decoded. A NUL could end a C string early and mean something else. */
static bool decode(struct arena *arena, struct str part, struct str *out)
{
    if (!url_decode(arena, part, out) || str_find_char(*out, '\0') != STR_NONE)
        return false;
    *out = arena_copy(arena, *out);
    return true;
}

static size_t find_last(struct str text, char c)
{
    for (size_t at = text.len; at > 0; at--)
        if (text.data[at - 1] == c)
            return at - 1;
    return STR_NONE;
}

/* Takes "user:password@" off the front of the authority. */
static const char *take_user(struct str *authority, struct arena *arena, struct redis_address *out)
{
    size_t at = find_last(*authority, '@');
    if (at == STR_NONE)
        return NULL;
    struct str before = str_slice(*authority, 0, at);
    *authority = str_slice(*authority, at + 1, authority->len);
    size_t colon = str_find_char(before, ':');
    if (colon == STR_NONE || colon + 1 == before.len)
        return "before the @ stands user:password, or :password";
    if (!decode(arena, str_slice(before, 0, colon), &out->user) ||
        !decode(arena, str_slice(before, colon + 1, before.len), &out->password))
        return "user and password must be percent-encoded";
    return NULL;
}

static bool read_number(struct str text, int64_t least, int64_t most, int *out)
{
    int64_t number;
    if (text.len > 6 || !str_to_int64(text, &number) || number < least || number > most)
        return false;
    *out = (int)number;
    return true;
}

static bool is_host(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_' && c != ':')
            return false;
    }
    return host.len > 0 && host.len <= NAME_BYTES;
}

static const char *take_host(struct str authority, struct arena *arena, struct redis_address *out)
{
    struct str host = authority;
    struct str port = {0};
    if (str_starts(authority, STR("["))) {
        size_t end = str_find_char(authority, ']');
        if (end == STR_NONE)
            return "an IPv6 address stands in [ ]";
        host = str_slice(authority, 1, end);
        port = str_slice(authority, end + 1, authority.len);
    } else {
        size_t colon = str_find_char(authority, ':');
        if (colon != STR_NONE) {
            host = str_slice(authority, 0, colon);
            port = str_slice(authority, colon, authority.len);
        }
    }
    out->port = PORT_USUAL;
    if (port.len && (port.data[0] != ':' || !read_number(str_slice(port, 1, port.len), 1, 65535, &out->port)))
        return "the port must be a number from 1 to 65535";
    if (!is_host(host))
        return "the host is missing or not one";
    out->host = arena_copy(arena, host);
    return NULL;
}

static const char *take_query(struct str query, struct redis_address *out)
{
    struct str part;
    while (query.len && str_cut(&query, '&', &part))
        if (!str_starts(part, STR("db=")) || !read_number(str_slice(part, 3, part.len), 0, DB_MOST, &out->db))
            return "behind the ? only db=NUMBER may stand";
    return NULL;
}

static const char *take_unix(struct str authority, struct str path, struct arena *arena,
                             struct redis_address *out)
{
    if (authority.len)
        return "a unix:// URL has three slashes: unix:///path/to/socket";
    if (path.len < 2 || !decode(arena, path, &out->path) ||
        out->path.len >= sizeof((struct sockaddr_un *)0)->sun_path)
        return "the socket's path is missing, not decodable, or longer than a socket's path can be";
    return NULL;
}

static const char *take_tcp(struct str authority, struct str path, struct arena *arena,
                            struct redis_address *out)
{
    if (path.len > 1 && !read_number(str_slice(path, 1, path.len), 0, DB_MOST, &out->db))
        return "behind the host only the number of the database may stand";
    return take_host(authority, arena, out);
}

bool redis_address_from(struct str url, struct arena *arena, struct redis_address *out, const char **why)
{
    *out = (struct redis_address){0};
    bool is_unix = str_starts(url, STR("unix://"));
    if (str_starts(url, STR("rediss://"))) {
        *why = "TLS is not spoken here: put a local proxy in front and name that";
        return false;
    }
    if (!is_unix && !str_starts(url, STR("redis://"))) {
        *why = "it must begin with redis:// or unix://";
        return false;
    }
    struct str rest = str_slice(url, is_unix ? 7 : 8, url.len);
    size_t mark = str_find_char(rest, '?');
    struct str query = mark == STR_NONE ? (struct str){0} : str_slice(rest, mark + 1, rest.len);
    rest = str_slice(rest, 0, mark);
    size_t slash = str_find_char(rest, '/');
    struct str authority = str_slice(rest, 0, slash);
    struct str path = slash == STR_NONE ? (struct str){0} : str_slice(rest, slash, rest.len);
    *why = take_user(&authority, arena, out);
    if (!*why)
        *why = is_unix ? take_unix(authority, path, arena, out) : take_tcp(authority, path, arena, out);
    if (!*why)
        *why = take_query(query, out);
    return !*why;
}
