# shellcheck shell=bash
# How do the scripts speak, fail, and find their places?
# Sourced by deploy/up, deploy/down and tests/run, which have set ROOT (the checkout).

# One short line of progress.
say() { printf '%s\n' "$*"; }

warn() { printf '%s\n' "$*" >&2; }

die() {
    printf '%s: %s\n' "$(realpath --relative-to="$ROOT" -- "$0")" "$*" >&2
    exit 1
}

usage_error() {
    printf '%s\n' "$*" >&2
    exit 2
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# Runs a command as root: directly, or through sudo.
as_root() {
    if is_root; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "this needs root: run it as root, or install sudo"
    fi
}

# The end of a log, indented, for somebody who wants to know why.
show_log() {
    local log=$1 lines=${2:-25}
    [ -s "$log" ] || return 0
    warn "The last lines of $log:"
    tail -n "$lines" -- "$log" | sed 's/^/    /' >&2
}

# Sets VAR, the folder that holds everything of this copy, and SOCKETS, a folder for Unix sockets:
# a socket's path is limited to 107 bytes, so it can't be under VAR, which may be anywhere.
set_places() {
    VAR=$(realpath -m -- "${FRONTDESK_VAR:-$ROOT/var}")
    # shellcheck disable=SC2034
    SOCKETS=/tmp/frontdesk-$(printf '%s:%s' "$(id -u)" "$VAR" | sha256sum | cut -c 1-12)
    export FRONTDESK_VAR=$VAR
}

# Makes VAR. A folder that was empty becomes all ours, and `deploy/down --wipe` may delete it; in one that held
# other things it may delete only what we made. The marker remembers which.
make_var() {
    local share=all
    mkdir -p -- "$VAR"
    if [ ! -e "$VAR/.frontdesk" ]; then
        [ -z "$(ls -A -- "$VAR")" ] || share=part
        printf '%s\n' "$share" >"$VAR/.frontdesk"
    fi
    mkdir -p -- "$VAR/log" "$VAR/run"
    touch -- "$VAR/credentials"
    # The database's user has to reach its own folder in here, nobody else anything.
    chmod 0711 -- "$VAR"
    chmod 0700 -- "$VAR/log" "$VAR/run"
    chmod 0600 -- "$VAR/credentials"
}

# Holds VAR until the script ends or calls unlock_var, so that two commands never work on it at once.
lock_var() {
    local patience_s=$1
    exec 9>"$VAR/run/lock"
    flock --nonblock 9 && return 0
    say "Another deploy command is at work on $VAR; waiting for it"
    flock --timeout "$patience_s" 9 || die "another deploy command is still at work on $VAR"
}

unlock_var() { exec 9>&-; }
