#pragma once

/* The operator's settings: config/frontdesk.yaml with the environment filled in. Read once, before anything
 * listens; every mistake is collected and pointed at. */

#include "base/log.h"
#include "base/problem.h"
#include "channels/channel.h"
#include "gateway/hours.h"

/* Where the settings are when nothing else is said, and flows and words. */
#define CONFIG_FILE      "config/frontdesk.yaml"
#define FLOWS_FOLDER     STR("config/flows")
#define LANGUAGES_FOLDER STR("config/lang")
#define LIBRARIES_FOLDER STR("channels/web/libraries/node_modules")

#define CIDRS_MAX       32
#define ORIGINS_MAX     32
#define AUDIO_HOSTS_MAX 32
#define AWAY_MAX        16

/* A network of proxies: an IPv6 prefix, or an IPv4 one mapped into ::ffff:0:0/96. */
struct cidr {
    uint8_t address[16];
    uint8_t prefix_bits; /* of 128 */
};

struct config {
    struct str file;
    struct str bind_address;
    int port;
    bool is_local;            /* nothing but this machine reaches it, unless a proxy passes it on */
    struct str admin_address; /* where operators' pages answer; empty: with the rest */
    int admin_port;
    struct str public_url; /* no slash at the end */
    struct cidr trusted_proxies[CIDRS_MAX];
    size_t trusted_proxy_count;
    struct str database_url;
    struct str redis_url;          /* empty: without Redis */
    int database_line, redis_line; /* where they stand, for messages */
    bool instant_onboarding;
    struct channel_conf *channels[CHANNEL_KINDS]; /* by kind; NULL: the channel is off */
    struct str admin_token;                       /* empty: there is none */
    struct str admin_tokens_file;                 /* of further operators; empty likewise */
    struct str allowed_origins[ORIGINS_MAX];
    size_t allowed_origin_count;
    struct str webhook_secret;
    bool simulator;
    enum log_level log_level;
    enum log_format log_format;
    int workers;         /* 0: one a core */
    int chart_processes; /* frontdesk-chart, of all workers together; 0: charts are computed elsewhere */
    struct str default_language;
    struct str flows_dir;
    struct str lang_dir;
    struct str sql_dir;
    struct str libraries_dir; /* of npm's; may not be there */
    struct {
        int max_connections;     /* open HTTP connections of one worker */
        int request_deadline_ms; /* for a whole request to arrive */
        int drain_ms;            /* at SIGTERM */
    } front;
    struct {
        int whatsapp_per_second, sms_per_second; /* messages a second of one number */
        int attempts;                            /* sends before a message is given up */
        bool sms_provider_help;                  /* Twilio answers HELP itself: we stay silent */
    } outbox;
    struct {
        int sockets_per_client;  /* open at once, in all workers of a node */
        int sessions_per_minute; /* new ones of one client */
        int messages_per_second; /* of one socket, after a burst of message_burst */
        int message_burst;
        int max_sockets;    /* of one worker */
        int ping_s, dead_s; /* silence before a ping, before a socket is given up */
    } web;
    struct {
        struct str url; /* of the service's transcriptions; empty: there is none */
        struct str api_key;
        struct str model;
        struct str hosts[AUDIO_HOSTS_MAX]; /* whose recordings may be fetched: "host" or "host:port" */
        size_t host_count;
    } transcribe;
    struct {
        bool is_on; /* who asks for a person becomes a ticket of the dashboard */
        struct hours hours;
        struct str hours_text; /* as it stands in the settings */
        int32_t utc_offset_s;
        int patience_minutes; /* until it is said that nobody came */
        struct {
            struct str language, text;
        } away[AWAY_MAX]; /* what is said outside the hours; else the phrase desk.away */
        size_t away_count;
    } tickets;
    struct {
        struct str folder; /* empty: none; while PostgreSQL is away webhooks are then refused */
        int megabytes;
    } spool;
};

/* Without any operator there is no dashboard. */
static inline bool config_has_operators(const struct config *config)
{
    return config->admin_token.len || config->admin_tokens_file.len;
}

/* A network from "10.0.0.0/8", "::1" …, and whether an address written as text lies in it. */
bool cidr_from(struct str text, struct cidr *out);
bool cidr_contains(const struct cidr *network, struct str address);

/* Where a relative path that belongs to the settings leads: looked for beside the file, then beside the
 * folder that it is in, then in the current folder. `file` NULL: config/frontdesk.yaml. */
struct str config_path(const char *file, struct str path, struct arena *arena);

/* Reads the file (NULL: config/frontdesk.yaml) and the environment. NULL when problems were added. */
const struct config *config_load(const char *path, struct arena *arena, struct problems *problems);

/* The port that we got, where any was asked for (PORT=0). A PUBLIC_URL that nobody has set names it. */
void config_set_port(struct config *config, int port, struct arena *arena);
