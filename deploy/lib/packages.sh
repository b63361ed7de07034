# shellcheck shell=bash
# Which Debian packages are missing, and how do they get here?

# Prints the packages of a list that this machine still needs, one a line.
missing_packages() {
    local name condition program status
    while read -r name condition program; do
        case $name in '' | '#'*) continue ;; esac
        if [ "$condition" = unless ] && command -v "$program" >/dev/null; then
            continue
        fi
        status=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)
        [ "$status" = installed ] || printf '%s\n' "$name"
    done <"$1"
}

# Installs what is missing of the given lists; asks for nothing where nothing is.
install_packages() {
    local list missing=()
    command -v dpkg-query >/dev/null || die "this is not Debian; what is needed stands in deploy/packages.txt"
    for list in "$@"; do
        while read -r name; do missing+=("$name"); done < <(missing_packages "$list")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    as_root bash "$ROOT/deploy/lib/install.sh" "${missing[@]}" || die "the packages could not be installed"
}
