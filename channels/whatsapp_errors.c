/* Which of the Cloud API's error codes pass, and which are final? Those of the API's answer and those of
 * failed statuses in one table. The code counts, not the HTTP status: 3 comes with a 500 and never passes. */

#include "channels/errors.h"

#define HOUR 3600

static const struct provider_error rows[] = {
    {0, 0, ERROR_STOPS, 0, 0, STR_INIT("Authentication failed")},
    {1, 0, ERROR_RETRY, 0, 0, STR_INIT("Unknown API error")},
    {2, 0, ERROR_RETRY, 0, 0, STR_INIT("API service is unavailable")},
    {3, 0, ERROR_STOPS, 0, 0, STR_INIT("API capability or permission is missing")},
    {4, 0, ERROR_RETRY | ERROR_SLOWS, 0, 0, STR_INIT("Call limit of the app reached")},
    {10, 0, ERROR_STOPS, 0, 0, STR_INIT("Permission denied")},
    {33, 0, ERROR_FINAL, 0, 0, STR_INIT("The number has been deleted")},
    {100, 0, ERROR_FINAL, 0, 0, STR_INIT("Invalid parameter")},
    {190, 0, ERROR_STOPS, 0, 0, STR_INIT("Access token has expired or is invalid")},
    {200, 299, ERROR_STOPS, 0, 0, STR_INIT("API permission denied")},
    {368, 0, ERROR_STOPS, 0, 0, STR_INIT("Temporarily blocked for policy violations")},
    {80007, 0, ERROR_RETRY | ERROR_SLOWS, 0, 0, STR_INIT("Rate limit of the account reached")},
    {130429, 0, ERROR_RETRY | ERROR_SLOWS, 0, 0, STR_INIT("Throughput of the number reached")},
    {130472, 0, ERROR_FINAL, 0, 0, STR_INIT("The person is part of an experiment")},
    {130497, 0, ERROR_STOPS, 0, 0, STR_INIT("Restricted from messaging people in this country")},
    {131000, 0, ERROR_RETRY, 0, 0, STR_INIT("Something went wrong")},
    {131008, 0, ERROR_FINAL, 0, 0, STR_INIT("Required parameter is missing")},
    {131009, 0, ERROR_FINAL, 0, 0, STR_INIT("Parameter value is not valid")},
    {131016, 0, ERROR_RETRY, 0, 0, STR_INIT("Service unavailable")},
    {131021, 0, ERROR_FINAL, 0, 0, STR_INIT("Recipient cannot be the sender")},
    {131026, 0, ERROR_FINAL, 0, 0, STR_INIT("Message undeliverable")},
    {131030, 0, ERROR_FINAL, 0, 0, STR_INIT("Recipient is not on the list of test numbers")},
    {131031, 0, ERROR_STOPS, 0, 0, STR_INIT("Account has been locked")},
    {131042, 0, ERROR_STOPS, 0, 0, STR_INIT("Payment problem of the business")},
    {131045, 0, ERROR_STOPS, 0, 0, STR_INIT("Number is not registered (certificate)")},
    {131047, 0, ERROR_FINAL, 0, 0, STR_INIT("More than 24 hours since the person's last message")},
    {131048, 0, ERROR_RETRY | ERROR_SLOWS, HOUR, 0, STR_INIT("Spam rate limit reached")},
    {131049, 0, ERROR_FINAL, 0, 0, STR_INIT("Held back by Meta to keep engagement healthy")},
    {131051, 0, ERROR_FINAL, 0, 0, STR_INIT("Message type is not supported")},
    {131052, 0, ERROR_FINAL, 0, 0, STR_INIT("Media could not be downloaded")},
    {131053, 0, ERROR_RETRY, 15, 3, STR_INIT("Media could not be uploaded")},
    {131056, 0, ERROR_RETRY, 0, 0, STR_INIT("Too many messages to this person")},
    {131057, 0, ERROR_RETRY | ERROR_SLOWS, 60, 0, STR_INIT("The account is in maintenance")},
    {132000, 0, ERROR_FINAL, 0, 0, STR_INIT("Template: wrong number of parameters")},
    {132001, 0, ERROR_FINAL, 0, 0, STR_INIT("Template does not exist")},
    {132005, 0, ERROR_FINAL, 0, 0, STR_INIT("Template: translated text is too long")},
    {132007, 0, ERROR_FINAL, 0, 0, STR_INIT("Template: policy violated")},
    {132012, 0, ERROR_FINAL, 0, 0, STR_INIT("Template: parameter format does not fit")},
    {132015, 0, ERROR_FINAL, 0, 0, STR_INIT("Template is paused")},
    {132016, 0, ERROR_FINAL, 0, 0, STR_INIT("Template is disabled")},
    {132068, 0, ERROR_FINAL, 0, 0, STR_INIT("Flow is blocked")},
    {133010, 0, ERROR_STOPS, 0, 0, STR_INIT("Number is not registered")},
    {133016, 0, ERROR_RETRY | ERROR_SLOWS, HOUR, 0, STR_INIT("Registration limit reached")},
};

const struct error_table whatsapp_errors = {rows, sizeof rows / sizeof *rows};
