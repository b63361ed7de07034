/* How does a provider's webhook look on the wire? */

#include "speak.h"

#include "line.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SMS_PATH      "/webhooks/twilio/sms"
#define WHATSAPP_PATH "/webhooks/whatsapp"

static const char *host;
static const char *account_sid;
static const char *auth_token;
static const char *our_number;
static const char *app_secret;
static const char *phone_number_id;

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    if (!value) {
        fprintf(stderr, "load: %s is not set\n", name);
        exit(2);
    }
    return value;
}

void speak_setup(const char *host_and_port)
{
    host = host_and_port;
    account_sid = from_environment("TWILIO_ACCOUNT_SID");
    auth_token = from_environment("TWILIO_AUTH_TOKEN");
    our_number = from_environment("TWILIO_FROM");
    app_secret = from_environment("WHATSAPP_APP_SECRET");
    phone_number_id = from_environment("WHATSAPP_PHONE_NUMBER_ID");
}

static size_t checked(int len, size_t size)
{
    if (len < 0 || (size_t)len >= size)
        give_up("a request is larger than its buffer");
    return (size_t)len;
}

static unsigned sign(const EVP_MD *kind, const char *key, const char *text, size_t len, unsigned char *out)
{
    unsigned signature_len = 0;
    if (!HMAC(kind, key, (int)strlen(key), (const unsigned char *)text, len, out, &signature_len))
        give_up("HMAC fails");
    return signature_len;
}

static void escape(const char *text, char *out, size_t size)
{
    size_t len = 0;
    for (; *text; text++) {
        if (size - len < 4)
            give_up("a text is larger than its buffer");
        if (*text == ' ')
            out[len++] = '+';
        else if (strchr("+:&=%", *text))
            len += (size_t)sprintf(out + len, "%%%02X", (unsigned char)*text);
        else
            out[len++] = *text;
    }
    out[len] = '\0';
}

/* The URL, then names and values in byte order of the names. */
static void sign_sms(const struct said *said, char *out)
{
    char text[1024];
    unsigned char digest[EVP_MAX_MD_SIZE];
    int len =
        snprintf(text, sizeof text,
                 "http://%s" SMS_PATH
                 "AccountSid%sApiVersion2010-04-01Body%sFrom+%lldFromCityPUNEFromCountryINFromStateFromZip"
                 "MessageSidSM%032lldNumMedia0NumSegments1SmsMessageSidSM%032lldSmsSidSM%032lld"
                 "SmsStatusreceivedTo%sToCountryUS",
                 host, account_sid, said->text, said->phone, said->id, said->id, said->id, our_number);
    unsigned digest_len = sign(EVP_sha1(), auth_token, text, checked(len, sizeof text), digest);
    EVP_EncodeBlock((unsigned char *)out, digest, (int)digest_len);
}

size_t speak_sms(const struct said *said, char *out, size_t size)
{
    char text[256];
    char number[64];
    char body[1024];
    char signature[64];
    escape(said->text, text, sizeof text);
    escape(our_number, number, sizeof number);
    int body_len =
        snprintf(body, sizeof body,
                 "ToCountry=US&SmsMessageSid=SM%032lld&NumMedia=0&SmsSid=SM%032lld&FromState=&"
                 "SmsStatus=received&FromZip=&FromCity=PUNE&FromCountry=IN&Body=%s&To=%s&"
                 "NumSegments=1&MessageSid=SM%032lld&AccountSid=%s&From=%%2B%lld&ApiVersion=2010-04-01",
                 said->id, said->id, text, number, said->id, account_sid, said->phone);
    checked(body_len, sizeof body);
    sign_sms(said, signature);
    int len =
        snprintf(out, size,
                 "POST " SMS_PATH " HTTP/1.1\r\nHost: %s\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
                 "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
                 "X-Twilio-Signature: %s\r\nContent-Length: %d\r\n\r\n%s",
                 host, signature, body_len, body);
    return checked(len, size);
}

size_t speak_whatsapp(const struct said *said, char *out, size_t size)
{
    char body[1024];
    unsigned char digest[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    int body_len = snprintf(
        body, sizeof body,
        "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"900011112222\",\"changes\":[{"
        "\"value\":"
        "{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550100001\","
        "\"phone_number_id\":\"%s\"},\"contacts\":[{\"profile\":{\"name\":\"Asha\"},\"wa_id\":\"%lld\","
        "\"user_id\":\"IN.%lld\"}],\"messages\":[{\"from\":\"%lld\",\"from_user_id\":\"IN.%lld\","
        "\"id\":\"wamid.BENCH%024lld\",\"timestamp\":\"%lld\",\"text\":{\"body\":\"%s\"},\"type\":\"text\"}]}"
        ","
        "\"field\":\"messages\"}]}]}",
        phone_number_id, said->phone, said->phone, said->phone, said->phone, said->id, (long long)time(NULL),
        said->text);
    unsigned digest_len = sign(EVP_sha256(), app_secret, body, checked(body_len, sizeof body), digest);
    for (unsigned i = 0; i < digest_len; i++)
        (void)sprintf(hex + 2 * i, "%02x", digest[i]);
    int len = snprintf(out, size,
                       "POST " WHATSAPP_PATH " HTTP/1.1\r\nHost: %s\r\nUser-Agent: facebookexternalua\r\n"
                       "Accept: */*\r\nContent-Type: application/json\r\nX-Hub-Signature-256: sha256=%s\r\n"
                       "Content-Length: %d\r\n\r\n%s",
                       host, hex, body_len, body);
    return checked(len, size);
}
