/* What has the operator set? Reads config/frontdesk.yaml with the environment filled in. */

#include "base/yaml.h"
#include "channels/secret.h"
#include "gateway/config_reading.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADMIN_TOKEN_LEAST 32

/* As browsers say it: a scheme and a host. Anything else would be refused, in silence, for ever. */
static bool is_origin(struct str text)
{
    size_t scheme = str_find(text, STR("://"));
    if (scheme == STR_NONE || scheme == 0)
        return false;
    struct str host = str_slice(text, scheme + 3, text.len);
    return host.len && str_find_char(host, '/') == STR_NONE;
}

static void read_lists(struct reading *reading, const struct yaml *root)
{
    struct config *config = reading->config;
    struct str part;
    struct str rest = setting_text(reading, root, "trusted_proxies");
    while (rest.len && str_cut(&rest, ',', &part)) {
        if (config->trusted_proxy_count == CIDRS_MAX ||
            !cidr_from(str_trim(part), &config->trusted_proxies[config->trusted_proxy_count++]))
            yaml_problem(reading->problems, yaml_get(root, "trusted_proxies"),
                         "trusted_proxies must be at most %d networks such as 10.0.0.0/8", CIDRS_MAX);
    }
    rest = setting_text(reading, root, "allowed_origins");
    while (rest.len && str_cut(&rest, ',', &part)) {
        struct str origin = setting_without_slash(str_trim(part));
        if (origin.len == 0)
            continue;
        if (config->allowed_origin_count == ORIGINS_MAX || !is_origin(origin)) {
            yaml_problem(
                reading->problems, yaml_get(root, "allowed_origins"),
                "allowed_origins must be at most %d origins such as https://shop.example, without a path",
                ORIGINS_MAX);
            return;
        }
        config->allowed_origins[config->allowed_origin_count++] = origin;
    }
}

/* Services are named by their origin, by the base of their API, or by the very address. */
static struct str transcriptions_url(struct str url, struct arena *arena)
{
    size_t host = str_find(url, STR("://"));
    struct str rest = host == STR_NONE ? url : str_slice(url, host + 3, url.len);
    if (str_find_char(rest, '/') == STR_NONE)
        return arena_printf(arena, "%.*s/v1/audio/transcriptions", STR_ARG(url));
    return str_ends(url, STR("/v1")) ? arena_printf(arena, "%.*s/audio/transcriptions", STR_ARG(url)) : url;
}

static bool is_host(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alphanumeric && c != '.' && c != '-' && c != ':')
            return false;
    }
    return text.len > 0;
}

static void read_transcribe(struct reading *reading, const struct yaml *root)
{
    static const char *const known[] = {"url", "api_key", "model", "audio_hosts", NULL};
    struct config *config = reading->config;
    const struct yaml *map = yaml_get(root, "transcribe");
    const struct yaml *hosts = yaml_get(map, "audio_hosts");
    struct str url = setting_url(reading, map, "url");
    struct str rest = setting_text(reading, map, "audio_hosts");
    struct str host;
    yaml_check_keys(map, known, reading->problems);
    config->transcribe.api_key = setting_text(reading, map, "api_key");
    config->transcribe.model = setting_text(reading, map, "model");
    while (rest.len && str_cut(&rest, ',', &host)) {
        if (config->transcribe.host_count == AUDIO_HOSTS_MAX || !is_host(str_trim(host))) {
            yaml_problem(reading->problems, hosts,
                         "audio_hosts must be at most %d names such as media.example.com", AUDIO_HOSTS_MAX);
            break;
        }
        config->transcribe.hosts[config->transcribe.host_count++] = str_trim(host);
    }
    if (url.len && config->transcribe.model.len == 0)
        yaml_problem(reading->problems, map, "transcribe needs a model: which one shall the service use?");
    if (url.len == 0 && (config->transcribe.api_key.len || config->transcribe.host_count))
        yaml_problem(reading->problems, config->transcribe.api_key.len ? yaml_get(map, "api_key") : hosts,
                     "transcribe has no url: set TRANSCRIBE_URL, or leave TRANSCRIBE_API_KEY and AUDIO_HOSTS "
                     "empty");
    config->transcribe.url = url.len ? transcriptions_url(url, reading->arena) : url;
}

static void read_log(struct reading *reading, const struct yaml *root)
{
    struct str level = setting_text(reading, root, "log_level");
    reading->config->log_level = LOG_INFO;
    if (level.len && !log_level_from(level, &reading->config->log_level))
        yaml_problem(reading->problems, yaml_get(root, "log_level"),
                     "log_level is one of debug, info, warn, error");
    struct str format = setting_text(reading, root, "log_format");
    reading->config->log_format = str_eq(format, STR("json")) ? LOG_JSON : LOG_TEXT;
    if (format.len && !str_eq(format, STR("json")) && !str_eq(format, STR("text")))
        yaml_problem(reading->problems, yaml_get(root, "log_format"), "log_format is json or text");
}

static void read_numbers(struct reading *reading, const struct yaml *root)
{
    struct config *config = reading->config;
    const struct yaml *front = yaml_get(root, "front");
    const struct yaml *outbox = yaml_get(root, "outbox");
    config->port = setting_int(reading, root, "port", 8000, 0, 65535);
    config->workers = setting_int(reading, root, "workers", 0, 0, 256);
    config->front.max_connections = setting_int(reading, front, "max_connections", 4000, 1, 1000000);
    config->front.request_deadline_ms =
        setting_int(reading, front, "request_deadline_ms", 20000, 100, 600000);
    config->front.drain_ms = setting_int(reading, front, "drain_ms", 10000, 0, 600000);
    config->outbox.whatsapp_per_second = setting_int(reading, outbox, "whatsapp_per_second", 80, 1, 10000);
    config->outbox.sms_per_second = setting_int(reading, outbox, "sms_per_second", 10, 1, 10000);
    config->outbox.attempts = setting_int(reading, outbox, "attempts", 20, 1, 100);
    const struct yaml *web = yaml_get(root, "web");
    config->web.sockets_per_client = setting_int(reading, web, "sockets_per_client", 20, 1, 1000000);
    config->web.sessions_per_minute = setting_int(reading, web, "sessions_per_minute", 10, 1, 1000000);
    config->web.messages_per_second = setting_int(reading, web, "messages_per_second", 5, 1, 10000);
    config->web.message_burst = setting_int(reading, web, "message_burst", 20, 1, 10000);
    config->web.max_sockets = setting_int(reading, web, "max_sockets", 20000, 1, 1000000);
    config->web.ping_s = setting_int(reading, web, "ping_s", 30, 1, 3600);
    config->web.dead_s = setting_int(reading, web, "dead_s", 45, 2, 7200);
    if (config->web.dead_s <= config->web.ping_s)
        yaml_problem(reading->problems, web ? web : root, "dead_s must be more than ping_s");
    config->spool.megabytes = setting_int(reading, yaml_get(root, "spool"), "megabytes", 64, 1, 1000000);
    config->chart_processes = setting_int(reading, yaml_get(root, "charts"), "processes", 1, 0, 64);
    config->outbox.sms_provider_help = setting_bool(reading, yaml_get(root, "sms"), "provider_help");
}

static struct str text_or(struct str text, struct str absent)
{
    return text.len ? text : absent;
}

/* "address:port"; an IPv6 address may stand in brackets. */
static void read_admin_bind(struct reading *reading, const struct yaml *root)
{
    struct str text = setting_text(reading, root, "admin_bind");
    int64_t port = 0;
    if (text.len == 0)
        return;
    size_t colon = text.len;
    while (colon > 0 && text.data[colon - 1] != ':')
        colon--;
    struct str address = str_slice(text, 0, colon ? colon - 1 : 0);
    if (address.len > 2 && address.data[0] == '[' && address.data[address.len - 1] == ']')
        address = str_slice(address, 1, address.len - 1);
    if (address.len == 0 || !str_to_int64(str_slice(text, colon, text.len), &port) || port < 1 ||
        port > 65535)
        yaml_problem(reading->problems, yaml_get(root, "admin_bind"), "admin_bind must be address:port");
    reading->config->admin_address = address;
    reading->config->admin_port = (int)port;
}

/* The folder that `file` lies in, with its slash; empty: the current one. */
static struct str folder_of(struct str file)
{
    size_t end = file.len;
    while (end > 0 && file.data[end - 1] != '/')
        end--;
    return str_slice(file, 0, end);
}

struct str config_path(const char *file, struct str path, struct arena *arena)
{
    struct str beside = folder_of(str_from(file ? file : CONFIG_FILE));
    struct str above = beside.len ? folder_of(str_slice(beside, 0, beside.len - 1)) : beside;
    const struct str folders[] = {beside, above};
    for (size_t i = 0; path.len && path.data[0] != '/' && i < sizeof folders / sizeof *folders; i++) {
        struct str there = arena_printf(arena, "%.*s%.*s", STR_ARG(folders[i]), STR_ARG(path));
        if (access(there.data, F_OK) == 0)
            return there;
    }
    return path;
}

static struct str folder_at(struct reading *reading, const struct yaml *root, const char *key,
                            struct str absent)
{
    return config_path(reading->config->file.data, text_or(setting_text(reading, root, key), absent),
                       reading->arena);
}

static struct str usual_public_url(int port, struct arena *arena)
{
    return arena_printf(arena, "http://localhost:%d", port);
}

static int line_of(const struct yaml *root, const char *setting)
{
    const struct yaml *value = yaml_get(root, setting);
    return value ? value->line : 0;
}

static void read_texts(struct reading *reading, const struct yaml *root)
{
    struct config *config = reading->config;
    config->bind_address = text_or(setting_text(reading, root, "bind"), STR("127.0.0.1"));
    read_admin_bind(reading, root);
    config->public_url = setting_url(reading, root, "public_url");
    if (config->public_url.len == 0)
        config->public_url = usual_public_url(config->port, reading->arena);
    config->database_url = setting_text(reading, root, "database_url");
    config->redis_url = setting_text(reading, root, "redis_url");
    config->database_line = line_of(root, "database_url");
    config->redis_line = line_of(root, "redis_url");
    config->instant_onboarding = setting_bool(reading, root, "feature_instant_onboarding");
    config->simulator = setting_bool(reading, root, "simulator");
    config->webhook_secret = setting_text(reading, root, "webhook_secret");
    config->default_language = text_or(setting_text(reading, root, "default_language"), STR("en"));
    config->flows_dir = folder_at(reading, root, "flows", FLOWS_FOLDER);
    config->lang_dir = folder_at(reading, root, "languages", LANGUAGES_FOLDER);
    config->sql_dir = folder_at(reading, root, "sql", STR("sql"));
    config->spool.folder = setting_without_slash(setting_text(reading, yaml_get(root, "spool"), "folder"));
    config->libraries_dir = folder_at(reading, root, "libraries", LIBRARIES_FOLDER);
    config->admin_tokens_file = setting_text(reading, root, "admin_tokens_file");
    config->admin_token = setting_text(reading, root, "admin_token");
    struct str rest = config->admin_token;
    struct str token;
    while (secret_next(&rest, &token))
        if (token.len < ADMIN_TOKEN_LEAST)
            yaml_problem(reading->problems, yaml_get(root, "admin_token"),
                         "admin_token needs at least %d characters", ADMIN_TOKEN_LEAST);
}

static bool is_loopback(struct str address)
{
    struct cidr network;
    return str_eq(address, STR("localhost")) || str_eq(address, STR("::1")) ||
           (cidr_from(STR("127.0.0.0/8"), &network) && cidr_contains(&network, address));
}

/* The simulator lets anybody speak as its people: it is for this machine only, or behind the token. */
static void check_simulator(struct reading *reading, const struct yaml *root)
{
    struct config *config = reading->config;
    config->is_local = is_loopback(config->bind_address) &&
                       (config->admin_address.len == 0 || is_loopback(config->admin_address));
    if (config->simulator && !config->is_local && !config_has_operators(config))
        yaml_problem(reading->problems, yaml_get(root, "simulator"),
                     "the simulator on an address other than loopback needs an admin_token");
}

const struct config *config_load(const char *path, struct arena *arena, struct problems *problems)
{
    static const char *const known[] = {"bind",
                                        "port",
                                        "admin_bind",
                                        "public_url",
                                        "trusted_proxies",
                                        "database_url",
                                        "redis_url",
                                        "feature_instant_onboarding",
                                        "simulator",
                                        "admin_token",
                                        "admin_tokens_file",
                                        "allowed_origins",
                                        "webhook_secret",
                                        "log_level",
                                        "log_format",
                                        "title",
                                        "default_language",
                                        "flows",
                                        "languages",
                                        "sql",
                                        "libraries",
                                        "workers",
                                        "front",
                                        "outbox",
                                        "sms",
                                        "web",
                                        "charts",
                                        "spool",
                                        "transcribe",
                                        "tickets",
                                        "channels",
                                        NULL};
    size_t before = problems->count;
    struct config *config = arena_new(arena, struct config);
    struct reading reading = {arena, problems, config};
    config->file = arena_copy(arena, str_from(path ? path : CONFIG_FILE));
    if (!path && access(CONFIG_FILE, F_OK) != 0) {
        problem_add(problems, config->file, 0, 0, "this file is not here: name it with --config FILE");
        return NULL;
    }
    const struct yaml *root = yaml_load(config->file.data, arena, problems);
    if (!root)
        return NULL;
    yaml_check_keys(root, known, problems);
    read_numbers(&reading, root);
    read_texts(&reading, root);
    read_lists(&reading, root);
    read_transcribe(&reading, root);
    config_read_tickets(&reading, root);
    read_log(&reading, root);
    config_read_channels(&reading, root);
    check_simulator(&reading, root);
    return problems->count == before ? config : NULL;
}

void config_set_port(struct config *config, int port, struct arena *arena)
{
    bool is_usual = str_eq(config->public_url, usual_public_url(config->port, arena));
    config->port = port;
    if (!is_usual)
        return;
    config->public_url = usual_public_url(port, arena);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        for (struct channel_conf *channel = config->channels[kind]; channel; channel = channel->next)
            channel->public_url = config->public_url;
}
