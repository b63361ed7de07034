/* May this person be written to already? */

#include "gateway/pace.h"

#include "base/digest.h"

#include <stdlib.h>

#define PEOPLE  4096
#define BURST   45.0
#define SECONDS 6.0 /* for one message, sustained */

struct allowance {
    uint64_t person; /* hash; 0: free */
    uint64_t filled_ns;
    double messages;
};

struct pace {
    struct allowance people[PEOPLE];
};

struct pace *pace_new(void)
{
    struct pace *pace = calloc(1, sizeof *pace);
    if (!pace)
        abort();
    return pace;
}

void pace_free(struct pace *pace)
{
    free(pace);
}

/* Two people on one place only ever wait a little too much or too little. */
static uint64_t hash_of(struct str recipient)
{
    uint64_t hash = siphash(recipient);
    return hash ? hash : 1;
}

int64_t pace_take(struct pace *pace, struct str recipient, uint64_t now_ns)
{
    uint64_t person = hash_of(recipient);
    struct allowance *allowance = &pace->people[person % PEOPLE];
    if (allowance->person != person)
        *allowance = (struct allowance){person, now_ns, BURST};
    allowance->messages += (double)(now_ns - allowance->filled_ns) / 1e9 / SECONDS;
    if (allowance->messages > BURST)
        allowance->messages = BURST;
    allowance->filled_ns = now_ns;
    if (allowance->messages < 1)
        return (int64_t)((1 - allowance->messages) * SECONDS * 1000) + 1;
    allowance->messages -= 1;
    return 0;
}
