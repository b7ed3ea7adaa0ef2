#!/bin/sh
# On the server, in the folder of the repository: `deploy.sh forward REF` and `deploy.sh back`.
#
# Forward: REF is checked out, built, its migrations run, and every service starts anew. Back: the
# code that ran before is built and started; no migration runs, because the version before reads the
# tables of the next one (docs/launch.md).
set -eu
cd "$(dirname "$0")/.."
before=var/deployed-before

compose() {
    docker compose --env-file docker/env.production -f docker/compose.production.yml "$@"
}

checkout() {
    git checkout --quiet --detach "$1"
    RELEASE=$(git describe --tags --always)
    export RELEASE
}

case "${1:-}" in
forward)
    ref=${2:?say what to deploy: deploy.sh forward REF}
    running=$(git rev-parse HEAD)
    kept=$(cat "$before" 2>/dev/null || true)
    # Whoever goes back after a deployment that never began must not go back two versions.
    rm -f "$before"
    git fetch --quiet --tags origin
    wanted=$(git rev-parse --verify --quiet "$ref^{commit}") || {
        echo "There is no $ref in the repository." >&2
        exit 1
    }
    mkdir -p var
    # The same version once more leaves the way back as it was.
    [ "$running" = "$wanted" ] || kept=$running
    echo "$kept" >"$before"
    checkout "$wanted"
    compose build
    compose up --detach --wait
    ;;
back)
    [ -n "$(cat "$before" 2>/dev/null)" ] || {
        echo "Nothing was deployed before: $before is not there." >&2
        exit 1
    }
    checkout "$(cat "$before")"
    compose build
    # The proxy too: it carries the static files of its version.
    compose up --detach --no-deps --wait web live worker reader beat nginx
    ;;
*)
    echo "deploy.sh forward REF, or deploy.sh back" >&2
    exit 2
    ;;
esac
echo "Running: $RELEASE"
