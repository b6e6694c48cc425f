# shellcheck shell=bash
# What the scripts of this folder share; they are started from anywhere, print the folder of what they fetched as their only
# line on stdout, and tell everything else on stderr. What is there already is not fetched again.
set -euo pipefail
tools=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cache=${SPHERE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sphere}
name=$(basename "$0")

say() { echo "$name: $*" >&2; }

fail() {
  say "$*"
  exit 1
}

# Fills the folder unless that was done before: it is complete or not there at all.
cached() { # folder's name, function that fills the folder given to it
  local folder="$cache/$1"
  mkdir -p "$cache"
  if [ ! -d "$folder" ]; then
    # One at a time; on a machine without flock, both fetch and the first to end wins.
    if command -v flock >/dev/null; then
      exec 9>>"$cache/$1.lock"
      flock 9
    fi
    if [ ! -d "$folder" ]; then
      making=$(mktemp -d "$cache/making-XXXXXX") # not local: the trap runs outside of this function
      trap 'rm -rf "$making"' EXIT
      # Not in a condition: there, errors inside would not end it.
      set +e
      (
        set -e
        "$2" "$making"
      ) >&2
      local status=$?
      set -e
      [ "$status" = 0 ] || fail "$1 could not be made; see above"
      mv -T "$making" "$folder" 2>/dev/null || [ -d "$folder" ] || fail "cannot write $folder"
    fi
    exec 9>&-
  fi
  echo "$folder"
}
