# shellcheck shell=bash
# How do the private PostgreSQL and Redis live?
#
# They listen on Unix sockets only, in SOCKETS, a folder of mode 0700: whoever may enter it may use them.
# PostgreSQL refuses to run as root, so for root both run as the Debian package's user `postgres`.

readonly POSTGRES_BIN=/usr/lib/postgresql/15/bin

# Sets SERVICE_USER, and AS_SERVICE: the words to put before a command that shall run as that user.
set_service_user() {
    SERVICE_USER=$(id -un)
    AS_SERVICE=()
    if is_root; then
        SERVICE_USER=postgres
        AS_SERVICE=(setpriv --reuid="$SERVICE_USER" --regid="$SERVICE_USER" --init-groups --inh-caps=-all --)
    fi
}

# Names in /tmp can be taken by anybody first: what is there must be a folder, and the services' own.
make_sockets() {
    if mkdir -m 0700 -- "$SOCKETS" 2>/dev/null; then
        chown "$SERVICE_USER" -- "$SOCKETS"
    fi
    if [ -L "$SOCKETS" ] || [ "$(stat -c %F:%U:%a -- "$SOCKETS")" != "directory:$SERVICE_USER:700" ]; then
        die "$SOCKETS belongs to somebody else; remove it"
    fi
}

# Makes VAR/NAME, owned by the services' user. Where that user can't reach VAR (a checkout under /root), the
# folder stands in /var/lib/frontdesk and VAR/NAME is a link to it.
make_service_folder() {
    local folder=$VAR/$1
    [ ! -e "$folder" ] || return 0
    mkdir -m 0700 -- "$folder"
    chown "$SERVICE_USER" -- "$folder"
    if ! (cd / && "${AS_SERVICE[@]}" test -w "$folder"); then
        rmdir -- "$folder"
        mkdir -p /var/lib/frontdesk
        chmod 0711 /var/lib/frontdesk
        ln -sfn -- "$(mktemp -d "/var/lib/frontdesk/$1-XXXXXXXX")" "$folder"
        chown "$SERVICE_USER" -- "$folder/"
    fi
}

# Deletes what make_service_folder made, wherever it stands.
remove_service_folder() {
    local folder=$VAR/$1 target
    if [ -L "$folder" ]; then
        target=$(realpath -m -- "$folder")
        case $target in /var/lib/frontdesk/"$1"-*) rm -rf -- "$target" ;; esac
    fi
    rm -rf -- "$folder"
}

# --- PostgreSQL

# Arguments as for psql; as the cluster's superuser, whatever PG* variables the caller has.
ask_postgres() {
    (cd / && env -u PGOPTIONS -u PGSERVICE -u PGUSER -u PGDATABASE -u PGPORT PGCONNECT_TIMEOUT=5 \
        psql --no-psqlrc -qAt -v ON_ERROR_STOP=1 -h "$SOCKETS" -U postgres "$@")
}

postgres_answers() { ask_postgres -d postgres -c 'select 1' >/dev/null 2>&1; }

postgres_answers_or_ended() { postgres_answers || has_stopped postgres; }

# Made beside its place and moved there when complete: an interrupted run leaves nothing that looks like data.
make_cluster() {
    local folder=$1
    say "Making a private PostgreSQL in $VAR/postgres"
    rm -rf -- "$folder/unfinished"
    (
        cd /
        "${AS_SERVICE[@]}" "$POSTGRES_BIN/initdb" --pgdata="$folder/unfinished" --username=postgres \
            --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-instructions
    ) >"$VAR/log/initdb.log" 2>&1 || {
        show_log "$VAR/log/initdb.log"
        die "PostgreSQL's folder could not be made"
    }
    mv -- "$folder/unfinished" "$folder/data"
}

somebody_works_in() {
    find /proc -maxdepth 2 -name cwd -printf '%l\n' 2>/dev/null | grep -qxF -- "$1"
}

# After a reboot the number in postmaster.pid may belong to a stranger, and PostgreSQL would not start. The lock
# is removed only when no process at all works in the folder, since it also guards against orphaned backends.
settle_old_lock() {
    local data=$1 pid
    pid=$(head -n 1 -- "$data/postmaster.pid" 2>/dev/null) || return 0
    if ! somebody_works_in "$data"; then
        rm -f -- "$data/postmaster.pid" "$SOCKETS"/.s.PGSQL.*
    elif [ "$(readlink "/proc/$pid/cwd")" = "$data" ]; then
        identity_of "$pid" >"$VAR/run/postgres"
    fi
}

# Settings for a small machine. Durability is left on: the gateway's promises rest on it.
launch_postgres() {
    launch postgres env -C / LC_ALL=C.UTF-8 "${AS_SERVICE[@]}" "$POSTGRES_BIN/postgres" -D "$1" \
        -c listen_addresses='' -c unix_socket_directories="$SOCKETS" -c unix_socket_permissions=0700 \
        -c max_connections=60 -c shared_buffers=128MB -c effective_cache_size=512MB \
        -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=512MB -c checkpoint_timeout=15min \
        -c random_page_cost=1.1 -c jit=off -c timezone=UTC -c log_timezone=UTC \
        -c logging_collector=off -c log_line_prefix='%m [%p] '
}

# The gateway's role is no superuser: like `postgres` on Supabase it owns the database, may make roles, and may
# become each of the three API roles.
make_database() {
    ask_postgres -d postgres <<'SQL'
select 'create role frontdesk login createdb createrole'
 where not exists (select from pg_roles where rolname = 'frontdesk') \gexec
select format('create role %I nologin noinherit %s', name, attributes)
  from (values ('anon', ''), ('authenticated', ''), ('service_role', 'bypassrls')) as wanted (name, attributes)
 where not exists (select from pg_roles where rolname = name) \gexec
grant anon, authenticated, service_role, pg_monitor to frontdesk;
select 'create database frontdesk owner frontdesk'
 where not exists (select from pg_database where datname = 'frontdesk') \gexec
SQL
}

start_postgres() {
    local folder attempt
    make_service_folder postgres
    folder=$(realpath -- "$VAR/postgres")
    [ -e "$folder/data" ] || make_cluster "$folder"
    is_running postgres || settle_old_lock "$folder/data"
    # More than one attempt: backends of a killed server hold its memory for a moment.
    for attempt in 1 2 3; do
        if ! is_running postgres; then
            say "Starting PostgreSQL"
            launch_postgres "$folder/data"
        fi
        wait_until 120 postgres_answers_or_ended || break
        if postgres_answers; then
            make_database >>"$VAR/log/postgres.log" 2>&1 || break
            return 0
        fi
        sleep "$attempt"
    done
    show_log "$VAR/log/postgres.log"
    die "PostgreSQL does not start"
}

# --- Redis

redis_answers() { [ "$(redis-cli -s "$SOCKETS/redis.sock" ping 2>/dev/null)" = PONG ]; }

redis_answers_or_ended() { redis_answers || has_stopped redis; }

# Nothing in it must last, so nothing is written to disk.
start_redis() {
    make_service_folder redis
    if ! is_running redis; then
        say "Starting Redis"
        launch redis env -C / "${AS_SERVICE[@]}" redis-server --port 0 \
            --unixsocket "$SOCKETS/redis.sock" --unixsocketperm 700 --dir "$(realpath -- "$VAR/redis")" \
            --save '' --appendonly no --maxmemory 128mb --maxmemory-policy allkeys-lru --daemonize no
    fi
    if ! wait_until 30 redis_answers_or_ended || ! redis_answers; then
        show_log "$VAR/log/redis.log"
        die "Redis does not start"
    fi
}
