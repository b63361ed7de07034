#pragma once

/* Inside the dashboard's tickets: GET lists and shows them, POST does something to one, see
 * admin_tickets.c. */

#include "gateway/admin_call.h"

#define ADMIN_TICKETS "/admin/api/tickets"

struct admin_ticket {
    struct admin_call *call;
    struct str id;
    struct str deed;          /* of a POST: take, answer, hand_back, close, count */
    const struct json *found; /* of ticket_find */
    int tries;
};

/* Takes it, answers, hands it back, closes it. */
void admin_ticket_act(struct admin_ticket *ticket);
void admin_ticket_find(struct admin_ticket *ticket, void (*done)(struct admin_ticket *ticket));
/* It was taken by the operator who asks. */
bool admin_ticket_is_mine(const struct admin_ticket *ticket);
