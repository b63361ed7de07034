# shellcheck shell=bash
# How is a preset of CMakePresets.json built, quietly but not silently?

# Sends a build's output to its log and shows every tenth part of the way.
show_build_progress() {
    local log=$1
    awk -v log_file="$log" '
        { print > log_file; fflush(log_file) }
        match($0, /^\[[0-9]+\/[0-9]+\]/) {
            split(substr($0, 2, RLENGTH - 2), step, "/")
            tenth = int(10 * step[1] / step[2])
            if (step[2] >= 10 && tenth > shown) { shown = tenth; print "  " step[1] " of " step[2]; fflush() }
        }'
}

# A build folder remembers where its checkout stood; after a move or a copy nothing in it is of use.
empty_if_moved() {
    local folder=$1
    [ -e "$folder/CMakeCache.txt" ] || return 0
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "$folder/CMakeCache.txt" && return 0
    find "$folder" -mindepth 1 ! -name .lock -delete
}

# Once; afterwards the build itself sees that CMake's files have changed.
configure() {
    local preset=$1 folder=$ROOT/build/$1
    empty_if_moved "$folder"
    [ ! -e "$folder/build.ninja" ] || return 0
    say "Configuring the $preset build"
    (cd "$ROOT" && cmake --preset "$preset") >"$folder/configure.log" 2>&1 || {
        show_log "$folder/configure.log"
        return 1
    }
}

# build_preset NAME [ARGUMENT...]: builds into build/NAME, with arguments of Ninja's; one at a time, since two copies may
# share the checkout. Returns 1, with the reason shown, when it can't.
build_preset() {
    local preset=$1 folder=$ROOT/build/$1
    shift
    mkdir -p -- "$folder"
    (
        flock 8
        configure "$preset" || exit 1
        say "Building ($preset)"
        if ! (cd "$ROOT" && nice cmake --build "build/$preset" -- "$@") 2>&1 8>&- |
            show_build_progress "$folder/build.log"; then
            show_log "$folder/build.log" 40
            exit 1
        fi
    ) 8>"$folder/.lock"
}
