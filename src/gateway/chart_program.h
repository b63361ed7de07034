#pragma once

/* One frontdesk-chart process of ours: started, asked a line at a time, watched, and started again with
 * growing pauses when it dies or does not answer. It lives in a process of its own because of its licence,
 * and so that nothing it does can hurt a worker; it dies with the worker. */

#include "base/arena.h"
#include "net/loop.h"

struct chart_program;

/* Longest line asked (newline excluded) and longest answer, bytes. */
#define CHART_JOB_BYTES    8191
#define CHART_ANSWER_BYTES ((size_t)1024 * 1024)
#define CHART_PATH_BYTES   4096

/* Where the program is: beside our own. False when it is not there; `out` then says where it should be. */
bool chart_program_find(char out[CHART_PATH_BYTES]);

/* Starts the program of that path, or goes on trying to. `changed` tells that it may be free now. */
struct chart_program *chart_program_new(struct loop *loop, const char *path, void (*changed)(void *arg),
                                        void *arg);
bool chart_program_runs(const struct chart_program *program);
/* Runs, and was asked nothing. */
bool chart_program_is_free(const struct chart_program *program);
/* Asks a free program one line. `done` comes once, from the loop: ERR_NONE and the answer without its newline
 * (valid during the call), ERR_TIMEOUT after ten seconds, ERR_UNAVAILABLE when the program died over it or
 * answered more than fits. */
void chart_program_ask(struct chart_program *program, struct str line,
                       void (*done)(void *arg, enum err err, struct str answer), void *arg);
/* Ends the process; what was asked is not answered any more. */
void chart_program_free(struct chart_program *program);
