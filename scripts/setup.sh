# Read by run.sh and check.sh. Gives `root`, `install_missing` and `build_release`; all are silent unless something is to be done or fails.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else
    echo "these packages are missing, and only root can install them: ${*: -1}" >&2
    return 1
  fi
}

install_missing() {
  local installed missing
  # or what stands in for them: a nodejs that is not Debian's brings its npm along
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' | tr ',' '\n' | sed 's/ *(.*//; s/^ *//' | sort -u)
  missing=$(comm -23 <(sort -u "$root/packages.txt") <(echo "$installed") | xargs)
  if [ -z "$missing" ]; then return; fi
  echo "installing $missing" >&2
  quietly as_root sh -c 'export DEBIAN_FRONTEND=noninteractive; apt-get update && apt-get install -y --no-install-recommends $0' "$missing"
}

build_release() {
  local build="$root/build/release"
  if [ ! -f "$build/build.ninja" ]; then (cd "$root" && quietly cmake --preset release); fi
  quietly cmake --build "$build"
}
