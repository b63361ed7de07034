# shellcheck shell=bash
# With which settings and credentials does this copy run?
#
# What the environment says wins, then the checkout's .env, then what was made up once and kept in
# VAR/credentials. All of it is exported to the gateway; VAR/env tells it to people and programs.

# Reads NAME=value lines (blank lines, # comments, `export`, quotes allowed). Nothing in it is executed.
load_dotenv() {
    local line name value number=0
    [ -e "$ROOT/.env" ] || return 0
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        line=${line%$'\r'}
        line=${line#"${line%%[![:space:]]*}"}
        case $line in '' | '#'*) continue ;; esac
        line=${line#export }
        name=${line%%=*}
        [[ $line == *=* && $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || die ".env:$number: expected NAME=value"
        value=${line#*=}
        case $value in
        \"*\") value=${value:1:-1} ;;
        \'*\') value=${value:1:-1} ;;
        esac
        [ -n "${!name+set}" ] || export "$name=$value"
    done <"$ROOT/.env"
}

# A setting counts as given when it is set, even to nothing, or when NAME_FILE says where it is to be read.
is_given() {
    local from_file=$1_FILE
    [ -n "${!1+set}" ] || [ -n "${!from_file+set}" ]
}

any_given() {
    local name
    for name in "$@"; do
        if is_given "$name"; then return 0; fi
    done
    return 1
}

default() { is_given "$1" || export "$1=$2"; }

# random COUNT CHARACTERS: from the kernel, every character equally likely.
random() {
    # head ends the pipe early on purpose; tr then dies of it.
    (set +o pipefail; LC_ALL=C tr -dc "$2" </dev/urandom 2>/dev/null | head -c "$1")
}

# credential NAME PREFIX COUNT CHARACTERS: unless given, the one kept, or a new one that is kept from now on.
credential() {
    local name=$1 value
    is_given "$name" && return 0
    value=$(sed -n "s/^$name=//p" -- "$VAR/credentials" 2>/dev/null | tail -n 1)
    if [ -z "$value" ]; then
        value=$2$(random "$3" "$4")
        printf '%s=%s\n' "$name" "$value" >>"$VAR/credentials"
    fi
    export "$name=$value"
}

# The address under which this machine reaches the gateway.
local_url() {
    local host=$BIND_ADDRESS
    case $host in
    0.0.0.0 | '') host=127.0.0.1 ;;
    ::) host='[::1]' ;;
    *:*) host="[$host]" ;;
    esac
    printf 'http://%s:%s\n' "$host" "$PORT"
}

# A provider of which nothing is configured gets made-up credentials, and then its API is the simulator: a
# made-up token is never sent to the provider's own servers.
set_whatsapp() {
    local names=(WHATSAPP_VERIFY_TOKEN WHATSAPP_APP_SECRET WHATSAPP_ACCESS_TOKEN WHATSAPP_PHONE_NUMBER_ID)
    any_given "${names[@]}" && return 0
    [ "$SIMULATOR" = true ] || [ -n "${WHATSAPP_GRAPH_URL:-}" ] || return 0
    default WHATSAPP_GRAPH_URL "$(local_url)/simulator/graph"
    credential WHATSAPP_VERIFY_TOKEN '' 32 'A-Za-z0-9'
    credential WHATSAPP_APP_SECRET '' 32 '0-9a-f'
    credential WHATSAPP_ACCESS_TOKEN 'EAA' 60 'A-Za-z0-9'
    credential WHATSAPP_PHONE_NUMBER_ID '1' 14 '0-9'
}

set_twilio() {
    local names=(TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_FROM TWILIO_MESSAGING_SERVICE_SID)
    any_given "${names[@]}" && return 0
    [ "$SIMULATOR" = true ] || [ -n "${TWILIO_API_URL:-}" ] || return 0
    default TWILIO_API_URL "$(local_url)/simulator/twilio"
    credential TWILIO_ACCOUNT_SID 'AC' 32 '0-9a-f'
    credential TWILIO_AUTH_TOKEN '' 32 '0-9a-f'
    credential TWILIO_FROM '+1555010' 4 '0-9'
}

set_settings() {
    default PORT 8000
    [[ $PORT =~ ^[1-9][0-9]{0,4}$ && $PORT -le 65535 ]] || usage_error "PORT is '$PORT'; it must be a number up to 65535"
    default BIND_ADDRESS 127.0.0.1
    default PUBLIC_URL "http://localhost:$PORT"
    default DATABASE_URL "$OUR_DATABASE_URL"
    default REDIS_URL "$OUR_REDIS_URL"
    default FRONTDESK "$OUR_FRONTDESK"
    default SPOOL_FOLDER "$VAR/spool"
    default FEATURE_INSTANT_ONBOARDING true
    default SIMULATOR true
    credential ADMIN_TOKEN '' 43 'A-Za-z0-9'
    credential WEBHOOK_SECRET '' 43 'A-Za-z0-9'
    set_whatsapp
    set_twilio
}

# What this copy has by itself, where nobody says otherwise. Needs set_places.
set_own_addresses() {
    OUR_DATABASE_URL="postgresql://frontdesk@/frontdesk?host=$SOCKETS"
    OUR_REDIS_URL="unix://$SOCKETS/redis.sock"
    OUR_FRONTDESK=$ROOT/build/release/frontdesk
}

# Prints a value so that any shell reads back exactly it.
quoted() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

print_env() {
    local name file
    for name in DATABASE_URL REDIS_URL PORT BIND_ADDRESS PUBLIC_URL FRONTDESK SPOOL_FOLDER FEATURE_INSTANT_ONBOARDING \
        SIMULATOR ADMIN_TOKEN WEBHOOK_SECRET WHATSAPP_VERIFY_TOKEN WHATSAPP_APP_SECRET WHATSAPP_ACCESS_TOKEN \
        WHATSAPP_PHONE_NUMBER_ID WHATSAPP_GRAPH_URL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_FROM \
        TWILIO_MESSAGING_SERVICE_SID TWILIO_API_URL; do
        for file in "$name" "${name}_FILE"; do
            [ -z "${!file+set}" ] || printf 'export %s=%s\n' "$file" "$(quoted "${!file}")"
        done
    done
}

write_env() {
    (umask 077 && print_env >"$VAR/env.new")
    mv -f -- "$VAR/env.new" "$VAR/env"
}

# A value as it stands in VAR/env, of the copy that runs now.
running_setting() {
    # shellcheck source=/dev/null
    (unset "$1"; . "$VAR/env" && printf '%s\n' "${!1:-}")
}
