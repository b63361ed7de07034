/* How are all mistakes of a configuration told at once? */

#include "base/problem.h"

#include <stdarg.h>
#include <stdio.h>

/* Two readers of one file find the same mistake in it: words and phrases, for one. */
static bool is_told(const struct problems *problems, const struct problem *found)
{
    for (const struct problem *told = problems->first; told; told = told->next)
        if (told->line == found->line && told->column == found->column && str_eq(told->file, found->file) &&
            str_eq(told->message, found->message))
            return true;
    return false;
}

void problem_add(struct problems *problems, struct str file, int line, int column, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct problem *problem = arena_new(problems->arena, struct problem);
    *problem = (struct problem){
        .file = arena_copy(problems->arena, file),
        .line = line,
        .column = column,
        .message = arena_copy(problems->arena, str_from(message)),
    };
    if (is_told(problems, problem))
        return;
    if (problems->last)
        problems->last->next = problem;
    else
        problems->first = problem;
    problems->last = problem;
    problems->count++;
}

struct str problems_text(const struct problems *problems, struct arena *arena)
{
    struct buf text = {.arena = arena};
    for (const struct problem *problem = problems->first; problem; problem = problem->next)
        buf_printf(&text, "%.*s:%d:%d: %.*s\n", STR_ARG(problem->file), problem->line, problem->column,
                   STR_ARG(problem->message));
    return buf_str(&text);
}
