#pragma once

/* The subcommands. Each takes the arguments after its name and the settings' file (NULL: the usual one), and
 * gives the exit status: 0 success, 1 the operation failed, 2 usage or configuration. */

#include "base/str.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

#define SETTINGS_PATH_BYTES 4096

/* The file to read where --config named none: NULL (the usual one) where the current folder has it, else that
 * of the nearest folder above the program, else NULL. */
const char *settings_find(char out[SETTINGS_PATH_BYTES]);

struct subcommand {
    const char *name;
    const char *summary; /* one line */
    const char *usage;   /* what --help prints after "frontdesk NAME" */
    /* argv[0] is the subcommand's name; --help and --config never reach it. */
    int (*run)(int argc, char **argv, const char *settings);
};

extern const struct subcommand cli_serve;
extern const struct subcommand cli_migrate;
extern const struct subcommand cli_check;
extern const struct subcommand cli_chat;
extern const struct subcommand cli_understand;
extern const struct subcommand cli_channel;
extern const struct subcommand cli_places;
extern const struct subcommand cli_sessions;
extern const struct subcommand cli_outbox;
extern const struct subcommand cli_flow;
extern const struct subcommand cli_operators;
extern const struct subcommand cli_doctor;
extern const struct subcommand cli_version;
