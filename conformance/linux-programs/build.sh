#!/usr/bin/env bash
# Builds real programs for the linux ABI with lind-cc, each by its own unmodified build system.
#
# usage: build.sh BIN WORK OUT [PROGRAM ...]
# BIN is the folder with lind-cc, WORK holds the unpacked Debian sources (see `programs` below) and is built in; OUT gets
# wasm/NAME.wasm, native/NAME and files/. Each program's log is WORK/NAME.log. What the guests are compared with is Debian's own
# build of the same source (zlib, lmdb and ngircd are built for this machine, too).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$(cd "$1" && pwd)
work=$(cd "$2" && pwd)
mkdir -p "$3/wasm" "$3/native" "$3/files"
out=$(cd "$3" && pwd)
shift 3

export CC=$bin/lind-cc CXX=$bin/lind-c++ AR=$bin/lind-ar RANLIB=$bin/lind-ranlib NM=$bin/lind-nm STRIP=$bin/lind-strip
export CONFIG_SITE=$bin/../share/lind-config.site PKG_CONFIG=$bin/lind-pkg-config CFLAGS="-O2 -w" CXXFLAGS="-O2 -w"

programs=(zlib bzip2 xz-utils libzstd gzip sed grep gawk jq lua5.4 sqlite3 lmdb busybox coreutils ngircd)

# configure ARGS...: as for any cross build. Translations and the tracking of header files cost time only.
configure() { ./configure --host=wasm32-unknown-linux-musl --disable-nls --disable-dependency-tracking --disable-shared "$@"; }

# keep FILE...: into OUT, with the machine's program of the same name.
keep() {
  local file name
  for file in "$@"; do
    name=$(basename "$file")
    cp "$file" "$out/wasm/$name.wasm"
    ln -sf "$(type -P "$name")" "$out/native/$name"
  done
}

build_zlib() {
  cp -r . ../zlib-native
  CHOST=wasm32-linux-musl ./configure --static
  make example minigzip
  for name in example minigzip; do cp $name "$out/wasm/$name.wasm"; done
  cd ../zlib-native
  CC=gcc AR=ar RANLIB=ranlib ./configure --static
  make AR=ar RANLIB=ranlib example minigzip
  cp example minigzip "$out/native/"
}

build_bzip2() {
  make CC="$CC" AR="$AR" RANLIB="$RANLIB" bzip2
  keep bzip2
}

build_xz-utils() {
  configure --disable-lzmadec --disable-lzmainfo --disable-scripts --disable-doc
  make
  keep src/xz/xz
}

# Without worker threads, which the guest has not.
build_libzstd() {
  make -C programs zstd HAVE_THREAD=0
  keep programs/zstd
}

build_gzip() { configure; make; keep gzip; }
build_sed() { configure; make; keep sed/sed; }
build_grep() { configure; make; keep src/grep; }

build_gawk() {
  configure --disable-extensions --disable-mpfr --without-readline
  make -C support
  make gawk
  keep gawk
}

build_jq() {
  autoreconf -fi
  configure --without-oniguruma --disable-docs --disable-maintainer-mode
  make
  keep jq
}

build_lua5.4() {
  make -C src CC="$CC -std=gnu99" AR="$AR rcu" RANLIB="$RANLIB" linux
  keep src/lua
}

build_sqlite3() {
  configure --enable-fts5 --disable-tcl --disable-readline --disable-load-extension --disable-amalgamation-tool
  make sqlite3 fuzzcheck
  keep sqlite3
  cp fuzzcheck "$out/wasm/fuzzcheck.wasm"
  mkdir -p "$out/fuzzdata"
  cp test/fuzzdata*.db "$out/fuzzdata/"
}

# A database in mapped memory, locked with robust mutexes that processes share.
build_lmdb() {
  cp -r . ../lmdb-native
  cd libraries/liblmdb
  make CC="$CC" AR="$AR" mdb_load mdb_dump
  for name in mdb_load mdb_dump; do cp $name "$out/wasm/$name.wasm"; done
  cd ../../../lmdb-native/libraries/liblmdb
  make CC=gcc AR=ar mdb_load mdb_dump
  cp mdb_load mdb_dump "$out/native/"
}

# The configuration that has everything but hwclock, which needs a call that no time64-only ABI has (settimeofday); the tools of
# its own build run on this machine.
build_busybox() {
  local make=(make CC="$CC" AR="$AR" NM="$NM" STRIP="$STRIP" HOSTCC=gcc HOSTCFLAGS=-O1 SKIP_STRIP=y)
  "${make[@]}" defconfig
  sed -i 's/^CONFIG_HWCLOCK=y/# CONFIG_HWCLOCK is not set/' .config
  "${make[@]}" oldconfig </dev/null
  "${make[@]}" busybox_unstripped
  cp busybox_unstripped busybox
  keep busybox
}

coreutils=(sort sha256sum wc ls cut tr uniq join od seq md5sum fmt nl tac expand printf)

build_coreutils() {
  configure --without-selinux --without-openssl
  make SUBDIRS=. MANS= libexec_PROGRAMS= bin_PROGRAMS="${coreutils[*]/#/src/}"
  keep "${coreutils[@]/#/src/}"
}

# The machine's own is built, too: Debian's package would start a server.
build_ngircd() {
  cp -r . ../ngircd-native
  configure --without-openssl --without-zlib --without-syslog
  make
  cp src/ngircd/ngircd "$out/wasm/ngircd.wasm"
  cd ../ngircd-native
  CC=gcc AR=ar RANLIB=ranlib ./configure --without-openssl --without-zlib --without-syslog --without-pam
  make AR=ar RANLIB=ranlib
  cp src/ngircd/ngircd "$out/native/"
}

# One time for all files: generated ones must not look older than what patches have touched.
build_one() {
  cd "$work/$1"
  find . -type f -exec touch -d 2020-01-01 {} +
  "build_$1"
}

if [ -n "${ONLY:-}" ]; then build_one "$ONLY"; exit; fi

# try NAME: in a shell of its own, where the first command that fails ends the build.
try() {
  ONLY=$1 "$here/build.sh" "$bin" "$work" "$out" >"$work/$1.log" 2>&1 && return
  echo "$1 does not build; the end of $work/$1.log:"
  tail -n 15 "$work/$1.log"
  return 1
}
export -f try
export here bin work out

rm -rf "$out/files" && mkdir "$out/files"
"$here/make_files.py" "$out/files"
cp "$here"/../programs/scripts/* "$out/files/"
[ $# -gt 0 ] || set -- "${programs[@]}"
printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' bash -c 'try {}'
