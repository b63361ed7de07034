#pragma once

/* The YAML files of a settings folder. */

#include "base/problem.h"

#define FOLDER_FILES_MAX 64

struct folder_file {
    struct str id;    /* its name without .yaml */
    const char *path; /* folder and name */
};

/* Every *.yaml of the folder, by name. A folder that can't be read, or holds too many, is a problem. */
size_t folder_files(const char *folder, struct folder_file out[FOLDER_FILES_MAX], struct arena *arena,
                    struct problems *problems);
