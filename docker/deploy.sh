#!/bin/sh
# One release on this machine: build, look at the migrations, back up, migrate, start, try it out; the
# release before comes back by itself when it does not serve.
#
#   docker/deploy.sh             the checked-out commit
#   docker/deploy.sh --rollback  the release before, as it was built
#
# A rollback leaves the database as it is: migrations work with the code of one version before.
set -eu
cd "$(dirname "$0")/.."

compose() {
    docker compose --env-file docker/env.production -f docker/compose.production.yml "$@"
}

say() {
    printf '%s\n' "deploy: $*" >&2
}

# Everything of ours and the proxy, from images of RELEASE that are there; waits until they are healthy.
start() {
    RELEASE=$1
    export RELEASE
    # Migrated before, or never for a rollback: the one-shot service of compose is not wanted here.
    compose up --detach --no-build --no-deps --wait --wait-timeout 300 \
        web live worker reader beat nginx
}

# Through the proxy, as a visitor, and what stands behind the page: database and cache.
try_out() {
    site=$(sed -n 's|^SITE_URL=https://||p' docker/env.production)
    for path in /livez /readyz; do
        compose exec -T nginx curl --fail --silent --show-error --insecure --output /dev/null \
            --max-time 20 --retry 5 --retry-all-errors --retry-delay 2 \
            --header "Host: $site" "https://127.0.0.1$path" || return 1
    done
}

# So that `docker compose run`, which names no release, takes this one too.
note() {
    for image in marketplace-app marketplace-proxy; do
        docker tag "$image:$1" "$image:latest"
    done
    printf '%s\n' "$1" > docker/.release
    say "release $1 serves"
}

back_to() {
    say "going back to release $1"
    { start "$1" && try_out; } || { say "release $1 does not serve either; see docker compose logs"; exit 2; }
    note "$1"
}

current=$(cat docker/.release 2> /dev/null || true)

if [ "${1:-}" = "--rollback" ]; then
    previous=$(cat docker/.release-before 2> /dev/null || true)
    [ -n "$previous" ] || { say "no release before this one is known"; exit 1; }
    back_to "$previous"
    exit 0
fi

release=$(git rev-parse --short=12 HEAD)
export RELEASE="$release"
say "building release $release (now: ${current:-none})"
compose build --quiet
compose up --detach --wait db redis
compose run --rm --no-deps -T web python manage.py check --deploy --fail-level ERROR
say "migrations that will run:"
compose run --rm --no-deps -T web python manage.py migrate --plan
# Nothing is there to be kept before the first release.
if [ -n "$current$(compose ps --quiet web)" ]; then
    compose run --rm --no-deps -T web python manage.py backup
fi
# The release that serves goes on doing so meanwhile.
compose run --rm --no-deps -T web python manage.py migrate --no-input
if start "$release" && try_out; then
    [ "$current" = "$release" ] || [ -z "$current" ] || printf '%s\n' "$current" > docker/.release-before
    note "$release"
    exit 0
fi
say "release $release does not serve"
compose logs --tail 50 web >&2 || true
[ -z "$current" ] || back_to "$current"
exit 1
