# Building by preset. The Release build lives in build/ itself, every other preset in build/PRESET.

build_dir() { if [ "$1" = release ]; then echo build; else echo "build/$1"; fi; }

# Of the cross-build only the command and the fuzzer are wanted.
configure_and_build() {
  local preset=$1; shift
  if [ "$preset" = aarch64 ]; then
    prepare_arm64_root || return
    set -- --target lind-vm lindvm-fuzz "$@"
  fi
  cmake --preset "$preset" && cmake --build "$(build_dir "$preset")" --parallel "$jobs" "$@"
}

# quiet_build PRESET [ARGS]: build with the output in a log, shown only where the build fails.
quiet_build() {
  local preset=$1 log=$log_dir/build-$1.log
  mkdir -p "$log_dir"
  with_lock "build/.lock-$preset" configure_and_build "$@" >"$log" 2>&1 && return
  grep -E -A 12 'error|FAILED' "$log" | head -n 60 >&2 || tail -n 30 "$log" >&2
  say "the $preset build failed, see $log" >&2
  return 1
}

dev_build() {
  [ -d build ] || mkdir build
  with_lock "build/.lock-$1" configure_and_build "$1"
}
