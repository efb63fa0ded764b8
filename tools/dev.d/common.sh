# Shared by all parts of tools/dev: where things are kept, and how it speaks.

cache_dir=${XDG_CACHE_HOME:-$HOME/.cache}/lind-vm
log_dir=build/logs
jobs=$(nproc)

say() { printf '%s\n' "$*"; }
die() { printf 'tools/dev: %s\n' "$*" >&2; exit 1; }

# as_root COMMAND...: run it as root, or with sudo that asks nothing where it can.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "not root and no sudo; run as root: $*"
  fi
}

# with_lock FILE COMMAND...: run the command while holding FILE, so that two runs never build the same thing.
with_lock() {
  local file=$1; shift
  mkdir -p "$(dirname "$file")"
  (
    flock 9
    "$@"
  ) 9>"$file"
}
