#pragma once

/* Who are the operators, and how does one prove to be one? By a token, or by the statement that a browser got
 * for it and keeps as a cookie. Pure but for operators_load. */

#include "gateway/config.h"

/* Each may do what the one before may. */
enum operator_role {
    ROLE_VIEWER,   /* looks */
    ROLE_OPERATOR, /* changes what goes on */
    ROLE_PRIVACY   /* sees, exports and erases people's data */
};

struct operator_identity {
    struct str name;
    enum operator_role role;
};

const char *operator_role_name(enum operator_role role);

struct operators;

/* Those with a token of `admin_tokens` are all "admin", with every right. `list` is the text of
 * ADMIN_TOKENS_FILE, empty where there is none; `file` its name, for messages. `secret` is what only our
 * nodes know: it goes into the statements' keys, so that whoever reads the hashes can't make one. NULL when
 * problems were added. */
struct operators *operators_new(struct str admin_tokens, struct str list, struct str file, struct str secret,
                                struct problems *problems);
/* The same from the settings. A file that others may read is a problem, too. */
struct operators *operators_load(const struct config *config, struct problems *problems);
void operators_free(struct operators *operators);

/* False: nobody has this token, or not any more. `who` lives as long as the operators. */
bool operators_by_token(const struct operators *operators, struct str token, int64_t now_s,
                        struct operator_identity *who);
/* For the cookie: that the token's owner may operate until then. Ends with the token: a statement is worth
 * nothing once the token has changed, expired or gone. */
struct str operators_statement(const struct operators *operators, struct str token, int64_t until_s,
                               struct arena *arena);
bool operators_by_statement(const struct operators *operators, struct str statement, int64_t now_s,
                            struct operator_identity *who);
