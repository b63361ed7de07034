#pragma once

/* What the tests of the adapters share: settings, and requests made of literals. */

#include "channels/channel.h"
#include "tests/unit/checking.h"

static const struct channel_conf test_sms = {
    .kind = CHANNEL_SMS,
    .number = STR_INIT("+15550100001"),
    .public_url = STR_INIT("https://bot.example"),
    .twilio = {STR_INIT("AC1"), STR_INIT("12345"), {NULL, 0}, STR_INIT("https://api.twilio.com"), true},
};

static const struct channel_conf test_whatsapp = {
    .kind = CHANNEL_WHATSAPP,
    .number = STR_INIT("1234567890"),
    .whatsapp = {STR_INIT("verify-me"), STR_INIT("app-secret"), STR_INIT("access-token"),
                 STR_INIT("https://graph.example/v25.0")},
};

static inline struct http_request test_post(struct arena *arena, const char *path, const char *query,
                                            const char *type, struct str body)
{
    struct http_request request = {
        .method = STR("POST"), .path = str_from(path), .query = str_from(query), .body = body};
    http_add_header(arena, &request, "Content-Type", str_from(type));
    return request;
}

static inline struct http_request test_form(struct arena *arena, const char *path, const char *query,
                                            const char *form)
{
    return test_post(arena, path, query, "application/x-www-form-urlencoded", str_from(form));
}
