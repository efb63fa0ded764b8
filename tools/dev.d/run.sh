# `tools/dev run`: from source to output. Compiles C or C++ files for WASI and runs the result.

demo_source=conformance/programs/guests/demo.c

# compile_guest OUT FILE...: one WASI program of the files.
compile_guest() {
  local out=$1 compiler=clang-22 file
  shift
  for file in "$@"; do case $file in *.cpp | *.cc | *.cxx) compiler="clang++-22 -fno-exceptions" ;; esac; done
  # shellcheck disable=SC2086
  $compiler --target=wasm32-wasi -Wno-deprecated --no-wasm-opt -O2 "$@" -o "$out"
}

# dev_run [FILE... [-- ARGS...]]: without files the bundled demo. The guest is given the current folder.
dev_run() {
  local files=() guest=build/guest.wasm
  while [ $# -gt 0 ] && [ "$1" != -- ]; do files+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  if [ ${#files[@]} -eq 0 ]; then files=("$demo_source"); set -- hello from lind-vm; fi
  say "building build/bin/lind-vm"
  quiet_build release --target lind-vm || return
  say "compiling ${files[*]} for WASI"
  compile_guest "$guest" "${files[@]}"
  say "build/bin/lind-vm $guest $*"
  build/bin/lind-vm --dir . "$guest" "$@"
}
