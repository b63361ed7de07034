/* frontdesk doctor: does what was set up work, seen from outside? */

#include "gateway/doctor.h"

#include "cli/cli.h"
#include "gateway/config_check.h"

#include <stdio.h>

static const char *const marks[] = {[DOCTOR_OK] = "ok  ", [DOCTOR_WARNS] = "warn", [DOCTOR_FAILS] = "BAD "};

static void tell(void *arg, const struct doctor *doctor)
{
    struct loop *loop = arg;
    for (size_t i = 0; i < doctor->count; i++) {
        const struct doctor_finding *finding = &doctor->findings[i];
        printf("%s  %.*s: %.*s\n", marks[finding->verdict], STR_ARG(finding->about), STR_ARG(finding->found));
        if (finding->advice.len)
            printf("      %.*s\n", STR_ARG(finding->advice));
    }
    loop_stop(loop);
}

static int examine(const struct config *config, const struct script *script, struct arena *arena)
{
    struct loop *loop = loop_new();
    struct http_client *client = http_client_new(loop);
    struct doctor *doctor = arena_new(arena, struct doctor);
    *doctor = (struct doctor){
        .config = config, .script = script, .client = client, .arena = arena, .done = tell, .arg = loop};
    doctor_examine(doctor);
    loop_run(loop);
    http_client_free(client);
    loop_free(loop);
    for (size_t i = 0; i < doctor->count; i++)
        if (doctor->findings[i].verdict == DOCTOR_FAILS)
            return EXIT_FAILED;
    return EXIT_OK;
}

static int run(int argc, char **argv, const char *settings)
{
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    if (argc > 1) {
        fprintf(stderr, "frontdesk doctor: can't use %s; see frontdesk doctor --help\n", argv[1]);
        return EXIT_USAGE;
    }
    const struct config *config = config_load(settings, &arena, &problems);
    const struct script *script = config ? config_load_script(config, &arena, &problems) : NULL;
    struct str text = problems_text(&problems, &arena);
    if (problems.count)
        fprintf(stderr, "%.*s", STR_ARG(text));
    int status = problems.count ? EXIT_USAGE : examine(config, script, &arena);
    arena_free(&arena);
    return status;
}

const struct subcommand cli_doctor = {
    .name = "doctor",
    .summary = "check from outside that what was set up works",
    .usage =
        "\n\n"
        "Asks the gateway through PUBLIC_URL, Meta and Twilio whether addresses, credentials and signatures "
        "are\n"
        "right, and says what to do. Run it where the gateway runs, with its environment. Changes nothing.\n"
        "Exit status 1 where something is wrong.\n",
    .run = run,
};
