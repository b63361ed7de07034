#pragma once

/* One worker process: serves the inherited socket until it is told to stop. */

#include "gateway/config.h"
#include "gateway/metrics.h"
#include "gateway/reference.h"
#include "talk/talk.h"

struct worker_conf {
    const struct config *config;
    const struct script *script; /* flows and words for when the files can't be used just now */
    const struct reference *reference;
    int listen_fd;
    int admin_fd; /* -1: operators use the public one */
    struct shared *shared;
    int slot; /* which of the shared slots is this worker's */
};

/* Returns the exit status: 0 after SIGTERM or SIGINT, when everything received was answered or the drain
 * deadline passed; 2 when the configuration can't be used. SIGHUP reloads flows, words and operators. Is
 * started with these signals blocked, and takes them once it can. */
int worker_run(const struct worker_conf *conf);
