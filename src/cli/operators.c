/* frontdesk operators: a new operator's token, and what to write into ADMIN_TOKENS_FILE. */

#include "gateway/operators.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#define TOKEN_BYTES 32
#define DAYS_MOST   3650

static int refuse(const char *why)
{
    fprintf(stderr, "frontdesk operators: %s; see frontdesk operators --help\n", why);
    return EXIT_USAGE;
}

/* The list takes what is printed here: it is read once by the same rules. */
static bool is_taken(struct str entry, struct problems *problems)
{
    struct operators *operators =
        operators_new((struct str){0}, entry, STR("the new operator"), STR("none"), problems);
    operators_free(operators);
    return operators != NULL;
}

static int make_token(struct str name, struct str role, int64_t days, struct arena *arena)
{
    uint8_t bytes[TOKEN_BYTES];
    uint8_t digest[SHA256_BYTES];
    struct problems problems = {.arena = arena};
    random_bytes(bytes, sizeof bytes);
    struct str token = base64url_encode(arena, bytes, sizeof bytes);
    sha256(token, digest);
    struct buf entry = {.arena = arena};
    buf_put(&entry, STR("- name: \""));
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == '"' || name.data[i] == '\\')
            buf_put_char(&entry, '\\');
        buf_put_char(&entry, name.data[i]);
    }
    buf_printf(&entry, "\"\n  role: %.*s\n  sha256: %.*s\n", STR_ARG(role),
               STR_ARG(hex_encode(arena, digest, sizeof digest)));
    struct date last = date_from_days(clock_now_ms() / DAY_MS + days);
    if (days)
        buf_printf(&entry, "  expires: %04d-%02d-%02d\n", last.year, last.month, last.day);
    if (!is_taken(buf_str(&entry), &problems)) {
        struct str text = problems_text(&problems, arena);
        fprintf(stderr, "%.*s", STR_ARG(text));
        return EXIT_USAGE;
    }
    fprintf(stderr, "The token, for %.*s alone (it is shown only now):\n", STR_ARG(name));
    printf("%.*s\n", STR_ARG(token));
    fprintf(stderr, "For ADMIN_TOKENS_FILE (chmod 600; then SIGHUP, or a restart):\n");
    printf("%.*s", STR_ARG(buf_str(&entry)));
    return EXIT_OK;
}

static int run(int argc, char **argv, const char *settings)
{
    (void)settings;
    int64_t days = 0;
    if (argc < 2 || strcmp(argv[1], "token") != 0)
        return refuse(argc < 2 ? "say token" : "only token can be asked for");
    if (argc != 4 && (argc != 6 || strcmp(argv[4], "--days") != 0))
        return refuse("token needs a name and a role");
    if (argc == 6 && (!str_to_int64(str_from(argv[5]), &days) || days < 1 || days > DAYS_MOST))
        return refuse("--days needs a number from 1 to 3650");
    struct arena arena = {0};
    int status = make_token(str_from(argv[2]), str_from(argv[3]), days, &arena);
    arena_free(&arena);
    return status;
}

const struct subcommand cli_operators = {
    .name = "operators",
    .summary = "make a token for one more operator of the dashboard",
    .usage = "token NAME ROLE [--days N]\n\n"
             "Prints a new token, and the lines for ADMIN_TOKENS_FILE that let it in. The file holds only\n"
             "its hash. ROLE: viewer looks; operator changes what goes on; privacy also sees, exports and\n"
             "erases people's data.\n\n"
             "  --days N  it expires so many days from now; otherwise never\n",
    .run = run,
};
