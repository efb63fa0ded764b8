# Guest programs: built once per content of (sources, scripts, compiler) into the cache folder, in a scratch
# folder that is renamed when it is complete, so that an interrupted build leaves nothing behind.

guests_dir=$cache_dir/guests

# content_key FILE_OR_DIR...: a short hash of the compiler's version and of everything named.
content_key() {
  { clang-22 --version; find "$@" -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum; } |
    sha256sum | cut -c1-16
}

# cached_guests NAME KEY BUILDER...: the folder with what `BUILDER... OUT_DIR` makes; printed on stdout.
cached_guests() {
  local target=$guests_dir/$1-$2
  shift 2
  [ -d "$target" ] || with_lock "$target.lock" build_guests "$target" "$@" >&2 || return
  echo "$target"
}

build_guests() {
  local target=$1 scratch=$1.tmp
  shift
  [ -d "$target" ] && return
  rm -rf "$scratch" && mkdir -p "$scratch"
  "$@" "$scratch" && mv "$scratch" "$target"
}

# torture_tests OUT_DIR: gcc.c-torture/execute out of the tarball within Debian's gcc-12 source package.
torture_tests() {
  tar -xzOf "$sources_dir"/gcc-12/gcc-12_*.orig.tar.gz --wildcards '*/gcc-12*-dfsg.tar.xz' |
    tar -xJ -C "$1" --wildcards --strip-components=5 '*/gcc/testsuite/gcc.c-torture/execute/*'
}

torture_guests() {
  local tests scripts
  fetch_sources gcc-12 || return
  tests=$(cached_guests torture-tests "$(content_key "$sources_dir"/gcc-12/*.dsc)" torture_tests) || return
  scripts=(conformance/torture/build.py conformance/programs/guests/{sjlj.c,include})
  cached_guests torture "$(content_key "${scripts[@]}" "$sources_dir"/gcc-12/*.dsc)" "${scripts[0]}" "$tests"
}

# The same tests, built with lind-cc for the linux ABI.
linux_torture_guests() {
  local tests sysroot
  fetch_sources gcc-12 || return
  tests=$(cached_guests torture-tests "$(content_key "$sources_dir"/gcc-12/*.dsc)" torture_tests) || return
  sysroot=$(sysroot_guests) || return
  LINDVM_SYSROOT=$sysroot cached_guests linux-torture \
    "$(content_key conformance/torture/build.py tools/lind-cc "$sources_dir"/gcc-12/*.dsc "$sysroot")" \
    conformance/torture/build.py --lind-cc build/bin/lind-cc "$tests"
}

linux_program_sources=(zlib bzip2 xz-utils libzstd gzip sed grep gawk jq lua5.4 sqlite3 lmdb busybox coreutils ngircd)

linux_programs_guests() {
  local sysroot
  fetch_sources "${linux_program_sources[@]}" || return
  sysroot=$(sysroot_guests) || return
  LINDVM_SYSROOT=$sysroot cached_guests linux-programs \
    "$(content_key conformance/linux-programs conformance/programs/scripts tools/lind-cc "$sysroot" \
                   "${linux_program_sources[@]/#/$sources_dir/}")" build_linux_programs
}

# build_linux_programs OUT_DIR: unpack all sources and build every program with lind-cc, by its own build system. bzip2's, Lua's and SQLite's
# sources are as their authors wrote them: Debian's patches make them want shared libraries or libtool.
build_linux_programs() {
  local out=$1 work=$1.work name
  rm -rf "$work" && mkdir -p "$work"
  for name in "${linux_program_sources[@]}"; do
    case $name in
      bzip2 | lua5.4 | sqlite3) unpack_source "$name" "$work/$name" --skip-patches || return ;;
      *) unpack_source "$name" "$work/$name" || return ;;
    esac
  done
  conformance/linux-programs/build.sh build/bin "$work" "$out" && rm -rf "$work"
}

program_sources=(lua5.4 sqlite3 zlib bzip2 duktape)

programs_guests() {
  fetch_sources "${program_sources[@]}" || return
  cached_guests programs \
    "$(content_key conformance/programs/{build.sh,guests} "${program_sources[@]/#/$sources_dir/}")" build_programs
}

# build_programs OUT_DIR: unpack all sources and build every program for WASI and for this machine.
build_programs() {
  local out=$1 work=$1.work name
  rm -rf "$work" && mkdir -p "$work"
  for name in "${program_sources[@]}"; do unpack_source "$name" "$work/$name" || return; done
  conformance/programs/build.sh "$work" "$out" && rm -rf "$work"
}

dev_guests() {
  case ${1:-} in
    torture | programs | linux-torture | linux-programs) "${1/-/_}_guests" ;;
    *) die "guests: torture, programs, linux-torture or linux-programs" ;;
  esac
}
