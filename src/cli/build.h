#pragma once

/* Which build this is; set by main.c, which alone is compiled anew for each commit. */

extern const char *const build_version;
extern const char *const build_commit;
extern const char *const build_libraries; /* those it was built with, a line each */
