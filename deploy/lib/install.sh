#!/usr/bin/env bash
# Run as root: install.sh PACKAGE... How are packages installed without their services starting?
#
# For the time of the installation a policy-rc.d forbids every start, and PostgreSQL is told to make no
# default cluster. Both are taken away again however this ends; what a kill -9 left behind, the next run removes.
set -eu

readonly POLICY=/usr/sbin/policy-rc.d
readonly SAVED_POLICY=$POLICY.before-frontdesk
readonly POLICY_MARK='# frontdesk: for the time of an installation'
readonly NO_CLUSTER=/etc/postgresql-common/createcluster.d/frontdesk-no-cluster.conf
readonly PATIENCE_S=600

forbid_services() {
    if [ -e "$POLICY" ]; then mv -- "$POLICY" "$SAVED_POLICY"; fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
    chmod 0755 -- "$POLICY"
    mkdir -p -- "$(dirname "$NO_CLUSTER")"
    printf 'create_main_cluster = false\n' >"$NO_CLUSTER"
}

restore_services() {
    rm -f -- "$NO_CLUSTER"
    rmdir --ignore-fail-on-non-empty -- "$(dirname "$NO_CLUSTER")" 2>/dev/null || true
    if grep -qsF "$POLICY_MARK" "$POLICY"; then rm -f -- "$POLICY"; fi
    if [ -e "$SAVED_POLICY" ]; then mv -- "$SAVED_POLICY" "$POLICY"; fi
}

# Redis' package enables its service for the next boot; ours is private, so a new one stays off.
disable_new_redis_service() {
    [ "$REDIS_WAS_THERE" = no ] && command -v redis-server >/dev/null || return 0
    update-rc.d redis-server disable >/dev/null 2>&1 || true
    deb-systemd-helper disable redis-server.service >/dev/null 2>&1 || true
}

apt() {
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -q -y -o DPkg::Lock::Timeout="$PATIENCE_S" "$@" </dev/null
}

# Every 20th package that was set up, as a sign of life.
show_progress() {
    awk '/^Unpacking / && ++unpacked % 20 == 0 { print "  " unpacked " unpacked"; fflush() }
         /^Setting up / && ++done % 20 == 0 { print "  " done " set up"; fflush() }'
}

# Ctrl-C is obeyed before and after, but not by dpkg in the middle of unpacking, which would leave a package broken.
install() {
    local log
    log=$(mktemp)
    echo "  downloading"
    if apt install --no-install-recommends --download-only "$@" >"$log" 2>&1 &&
        (trap '' INT TERM HUP && apt install --no-install-recommends "$@" 2>&1 | tee "$log" | show_progress); then
        rm -f -- "$log"
        return 0
    fi
    tail -n 25 "$log" >&2
    rm -f -- "$log"
    return 1
}

leave() {
    disable_new_redis_service
    restore_services
}

main() {
    set -o pipefail
    exec 9>/run/frontdesk-install.lock
    flock --timeout "$PATIENCE_S" 9 || { echo "another installation is still under way" >&2; exit 1; }

    REDIS_WAS_THERE=no
    if command -v redis-server >/dev/null; then REDIS_WAS_THERE=yes; fi
    restore_services
    trap leave EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    forbid_services

    # An installation that was interrupted earlier may have left packages half configured.
    DEBIAN_FRONTEND=noninteractive dpkg --configure -a </dev/null >/dev/null 2>&1 || true
    apt update >/dev/null || echo "  (the package lists could not be refreshed)" >&2
    install "$@"
}

main "$@"
