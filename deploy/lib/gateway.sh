# shellcheck shell=bash
# How does the gateway start, and when is it ready?

readonly READY_PATIENCE_S=60

# is_ready URL: /readyz answers 200 (which "degraded" does too).
is_ready() {
    [ "$(curl --silent --noproxy '*' --max-time 3 --output /dev/null --write-out '%{http_code}' "$1/readyz")" = 200 ]
}

is_ready_or_ended() { is_ready "$1" || has_stopped frontdesk; }

wait_for_ready() {
    wait_until "$READY_PATIENCE_S" is_ready_or_ended "$1" && is_running frontdesk
}

# Something listens there already.
port_is_taken() {
    local host=${BIND_ADDRESS:-127.0.0.1}
    case $host in 0.0.0.0) host=127.0.0.1 ;; ::) host=::1 ;; esac
    (exec 3<>"/dev/tcp/$host/$PORT") 2>/dev/null
}

port_is_free() { ! port_is_taken; }

require_free_port() {
    # Workers of a gateway that was killed need a moment to follow it.
    wait_until 3 port_is_free || die "port $PORT is taken by another program; choose one: PORT=8001 deploy/up"
}

migrate() {
    say "Migrating the database"
    if ! (cd "$ROOT" && "$FRONTDESK" migrate) >"$VAR/log/migrate.log" 2>&1 9>&-; then
        show_log "$VAR/log/migrate.log"
        die "the database could not be migrated"
    fi
}

start_gateway() {
    say "Starting the gateway"
    launch frontdesk env -C "$ROOT" "$FRONTDESK" serve
    # shellcheck disable=SC2034
    GATEWAY=$LAUNCHED
    if ! wait_for_ready "$(local_url)"; then
        show_log "$VAR/log/frontdesk.log"
        die "the gateway is not ready"
    fi
}
