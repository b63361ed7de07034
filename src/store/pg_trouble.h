#pragma once

/* What PostgreSQL's trouble means, and how often it is told. For pg.c and pg_connection.c only. */

#include "base/err.h"
#include "base/str.h"

/* A statement was refused: logs it, and tells what that means for who asked. `code` is the SQLSTATE (empty:
 * the connection's own trouble), `context` where in our functions it happened. */
enum err pg_refused(struct str code, struct str message, struct str context);

/* The connection was lost, or could not be made. */
void pg_tell_loss(struct str why);
