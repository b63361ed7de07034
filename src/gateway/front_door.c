/* Where does somebody land who only knows our address? */

#include "gateway/respond.h"
#include "gateway/routes.h"

HANDLER(front_door)
{
    (void)arena;
    struct http_response response = {.status = 302};
    http_add_header(&response, "Location", STR("/chat"));
    respond(gateway, exchange, request, &response);
}
