# The sysroot that lind-cc compiles and links against. The C part (musl) and the C++ part (libc++) are cached apart, since
# the second takes longer; build/sysroot is a link to what is there.

sysroots_dir=$cache_dir/sysroots
musl_suites=(sid trixie bookworm)

sysroot_c() {
  local source
  fetch_source musl --download-only "${musl_suites[@]}" || return
  source=$(find "$sources_dir/musl" -name '*.dsc') &&
    guests_dir=$sysroots_dir cached_guests c \
      "$(content_key tools/sysroot/build_musl.sh tools/sysroot/exception_tags.s tools/sysroot/musl "$source" "$(clang-22 -print-resource-dir)/lib/wasi")" \
      build_sysroot_c
}

# build_sysroot_c OUT_DIR
build_sysroot_c() {
  local work=$1.work
  rm -rf "$work" && unpack_source musl "$work" && tools/sysroot/build_musl.sh "$work" "$1" && rm -rf "$work"
}

# sysroot_cxx C_SYSROOT: the whole sysroot, whose C part is that.
sysroot_cxx() {
  local tarball
  fetch_source llvm-toolchain-22 --tar-only bookworm-security sid || return
  quiet_build release --target lind-cc >&2 || return
  tarball=$(find "$sources_dir/llvm-toolchain-22" -name '*.orig.tar.xz') &&
    guests_dir=$sysroots_dir cached_guests full \
      "$(content_key tools/sysroot/build_cxx.sh "$tarball" "$1")" build_sysroot_cxx "$tarball" "$1"
}

# build_sysroot_cxx TARBALL C_SYSROOT OUT_DIR
build_sysroot_cxx() {
  local work=$3.work
  rm -rf "$work" && tools/sysroot/build_cxx.sh "$1" build/bin "$2" "$work" "$3" && rm -rf "$work"
}

# dev_sysroot [c]: build/sysroot, which the build's lind-cc finds beside its bin/, becomes a link to the whole sysroot, or with c to
# the C part only.
dev_sysroot() {
  local folder
  if [ "${1:-}" = c ]; then folder=$(sysroot_guests) || return; else folder=$(cxx_sysroot_guests) || return; fi
  mkdir -p build
  ln -sfn "$folder" build/sysroot
  say "build/sysroot is $folder"
}

# The C part, for the suites that compile guests with lind-cc, and the whole.
sysroot_guests() { sysroot_c; }
cxx_sysroot_guests() {
  local folder
  folder=$(sysroot_c) && sysroot_cxx "$folder"
}
