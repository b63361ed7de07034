# shellcheck shell=bash
# How do the libraries get here that /docs and the dashboard are shown with (Swagger UI, uPlot)?

# From npm, exactly as locked; only when the lock changed since. Returns 1 when that can't be done.
install_libraries() {
    local folder=$ROOT/channels/web/libraries
    local stamp=$folder/node_modules/.installed-lock
    (
        flock 8
        cmp -s "$folder/package-lock.json" "$stamp" && exit 0
        say "Installing Swagger UI and uPlot from npm"
        (cd "$folder" && npm ci --no-progress --no-audit --no-fund --loglevel=error) 8>&- || exit 1
        cp "$folder/package-lock.json" "$stamp"
    ) 8>"$ROOT/build/.libraries-lock"
}
