#!/usr/bin/env bash
# Builds the real programs for WASI and, for comparison, for this machine.
#
# usage: build.sh WORK OUT
# WORK holds the unpacked Debian sources (lua5.4 sqlite3 zlib bzip2 duktape) and is built in;
# OUT gets wasm/NAME.wasm and native/NAME.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guests=$here/guests
work=$(cd "$1" && pwd)
mkdir -p "$2/wasm" "$2/native"
out=$(cd "$2" && pwd)
cd "$work"

common=(-O2 -w -ffp-contract=off)
wasi=(--target=wasm32-wasi --no-wasm-opt -I"$guests/include" -include wasi_gaps.h
      -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_GETPID -D_WASI_EMULATED_MMAN)
wasi_libs=("$guests/wasi_gaps.c" -lwasi-emulated-signal -lwasi-emulated-process-clocks -lwasi-emulated-getpid
           -lwasi-emulated-mman -lm -Wl,-z,stack-size=1048576)
# setjmp as exceptions, in the legacy encoding (what compilers emit by default) and as try_table.
sjlj_legacy=(-mllvm -wasm-enable-sjlj -mllvm -wasm-use-legacy-eh "$guests/sjlj.c")
sjlj_exnref=(-mllvm -wasm-enable-sjlj -mllvm -wasm-use-legacy-eh=false "$guests/sjlj.c")

# guest NAME ARGS...: one WASI program.   native NAME ARGS...: the same for this machine.   both: both.
guest() { local name=$1; shift; clang-22 "${wasi[@]}" "${common[@]}" "$@" "${wasi_libs[@]}" -o "$out/wasm/$name.wasm"; }
native() { local name=$1; shift; clang-22 "${common[@]}" "$@" -lm -o "$out/native/$name"; }
both() { guest "$@"; native "$@"; }

build_small() {
  local name
  for name in hello demo; do both "$name" "$guests/$name.c"; done
  clang++-22 --target=wasm32-wasi --no-wasm-opt "${common[@]}" -std=c++20 -fno-exceptions "$guests/containers.cpp" \
    -o "$out/wasm/containers.wasm"
  clang++-22 "${common[@]}" -std=c++20 -fno-exceptions "$guests/containers.cpp" -o "$out/native/containers"
}

build_lua() {
  local sources=()
  mapfile -t sources < <(find lua5.4/src -name '*.c' ! -name luac.c | sort)
  mkdir -p lua-include
  echo '#define DEB_HOST_MULTIARCH "wasm32-wasi"' >lua-include/lua5.4-deb-multiarch.h
  sources+=(-Ilua-include)
  guest lua "${sjlj_legacy[@]}" "${sources[@]}"
  guest lua-exnref "${sjlj_exnref[@]}" "${sources[@]}"
  native lua "${sources[@]}"
}

build_duktape() {
  local sources=(-DDUK_CMDLINE_CONSOLE_SUPPORT duktape/src/duktape.c duktape/examples/cmdline/duk_cmdline.c
                 duktape/extras/console/duk_console.c -Iduktape/src -Iduktape/extras/console)
  guest duk "${sjlj_legacy[@]}" "${sources[@]}"
  guest duk-exnref "${sjlj_exnref[@]}" "${sources[@]}"
  native duk "${sources[@]}"
}

build_sqlite() {
  local options=(-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL -DSQLITE_ENABLE_MATH_FUNCTIONS
                 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -DSQLITE_MAX_MMAP_SIZE=0 -Isqlite-build)
  mkdir -p sqlite-build
  (cd sqlite-build && ../sqlite3/configure --disable-tcl && make -s sqlite3.c sqlite3.h shell.c) >sqlite-build/log 2>&1
  clang-22 "${wasi[@]}" "${common[@]}" "${options[@]}" -c sqlite-build/sqlite3.c -o sqlite-build/wasm.o
  clang-22 "${common[@]}" "${options[@]}" -c sqlite-build/sqlite3.c -o sqlite-build/native.o
  guest sqlite3 "${options[@]}" -DSQLITE_NOHAVE_SYSTEM sqlite-build/shell.c sqlite-build/wasm.o
  native sqlite3 "${options[@]}" -DSQLITE_NOHAVE_SYSTEM sqlite-build/shell.c sqlite-build/native.o
  guest speedtest1 "${options[@]}" sqlite3/test/speedtest1.c sqlite-build/wasm.o
  native speedtest1 "${options[@]}" sqlite3/test/speedtest1.c sqlite-build/native.o
}

build_compressors() {
  both zlib_roundtrip -Izlib -DHAVE_UNISTD_H "$guests/zlib_roundtrip.c" \
    zlib/{adler32,compress,crc32,deflate,gzclose,gzlib,gzread,gzwrite,infback,inffast,inflate,inftrees,trees,uncompr,zutil}.c
  both bzip2_roundtrip -Ibzip2 "$guests/bzip2_roundtrip.c" \
    bzip2/{blocksort,huffman,crctable,randtable,compress,decompress,bzlib}.c
}

# The programs are independent: build them side by side and fail if one of them failed.
builders=(build_sqlite build_duktape build_lua build_small build_compressors)
printf '%s\n' "${builders[@]}" >jobs
if [ -n "${ONLY:-}" ]; then "$ONLY"; exit; fi
xargs -P "$(nproc)" -I '{}' env ONLY='{}' "$here/build.sh" "$work" "$out" <jobs
