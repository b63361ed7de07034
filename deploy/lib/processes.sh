# shellcheck shell=bash
# Which processes are ours, and how do they start and stop?
#
# VAR/run/NAME holds "PID START BOOT" of what was started under that name: the process' own start time and
# the machine's boot id. After a kill -9 or a reboot the number may belong to a stranger; the other two then differ.

identity_of() {
    local pid=$1 stat
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
    # The second field, the program's name, may hold blanks and brackets: count from the last bracket.
    # shellcheck disable=SC2086
    set -- ${stat##*) }
    # A zombie ends when its parent looks; it serves nobody.
    [ "$1" != Z ] || return 1
    printf '%s %s %s\n' "$pid" "${20}" "$(cat /proc/sys/kernel/random/boot_id)"
}

# Prints the process id of NAME if that very process still runs.
pid_of() {
    local record pid
    record=$(cat "$VAR/run/$1" 2>/dev/null) || return 1
    pid=${record%% *}
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    [ "$(identity_of "$pid")" = "$record" ] || return 1
    printf '%s\n' "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

# launch NAME COMMAND...: starts it in a session of its own, so that neither Ctrl-C in this terminal nor the
# end of this shell reaches it; output goes to VAR/log/NAME.log (the run before: NAME.log.1).
# Sets LAUNCHED, its process id; it is on record when this returns.
launch() {
    local name=$1 log=$VAR/log/$1.log
    shift
    [ ! -e "$log" ] || mv -f -- "$log" "$log.1"
    # No job control here, so this process leads no group, and setsid becomes the command without a fork.
    setsid "$@" 9>&- </dev/null >"$log" 2>&1 &
    LAUNCHED=$!
    identity_of "$LAUNCHED" >"$VAR/run/$name" || true
}

# wait_until SECONDS COMMAND...: asks five times a second.
wait_until() {
    local rounds=$(($1 * 5))
    shift
    while ! "$@"; do
        rounds=$((rounds - 1))
        [ "$rounds" -gt 0 ] || return 1
        sleep 0.2
    done
}

has_stopped() { ! is_running "$1"; }

# stop NAME SIGNAL SECONDS: asks politely; what has not gone in time is killed with its whole session.
stop() {
    local name=$1 signal=$2 patience_s=$3 pid
    if pid=$(pid_of "$name"); then
        say "Stopping $name"
        kill "-$signal" "$pid" 2>/dev/null || true
        if ! wait_until "$patience_s" has_stopped "$name"; then
            warn "$name did not stop within $patience_s seconds and is killed"
            kill -KILL -- "-$pid" 2>/dev/null || true
            wait_until 5 has_stopped "$name" || die "$name (process $pid) can't be stopped"
        fi
    fi
    rm -f -- "$VAR/run/$name"
}

stop_all() {
    stop frontdesk TERM 15
    stop redis TERM 10
    stop postgres INT 30
}
