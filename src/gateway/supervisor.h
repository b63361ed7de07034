#pragma once

/* Binds the port once, keeps N workers alive behind it, and takes them down together. */

#include "gateway/config.h"

/* Runs until SIGTERM or SIGINT. Exit status: 0 after a clean stop, 1 when the port can't be had, 2 when a
 * worker found the configuration unusable. */
int supervisor_run(const struct config *config);
