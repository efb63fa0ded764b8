# The sysroot that lind-cc compiles and links against. The C part (musl) and the C++ part (libc++) are cached apart, since
# the second takes longer; build/sysroot is a link to what is there.

sysroots_dir=$cache_dir/sysroots
musl_suites=(sid trixie bookworm)

sysroot_c() {
  local source
  fetch_newest musl --download-only "${musl_suites[@]}" || return
  source=$(find "$sources_dir/musl" -name '*.dsc') &&
    guests_dir=$sysroots_dir cached_guests c \
      "$(content_key tools/sysroot/build_musl.sh tools/sysroot/musl "$source" "$(clang-22 -print-resource-dir)/lib/wasi")" \
      build_sysroot_c
}

# build_sysroot_c OUT_DIR
build_sysroot_c() {
  local work=$1.work
  rm -rf "$work" && unpack_source musl "$work" && tools/sysroot/build_musl.sh "$work" "$1" && rm -rf "$work"
}

# link_sysroot FOLDER: what the build's lind-cc finds beside its bin/.
link_sysroot() {
  mkdir -p build
  ln -sfn "$1" build/sysroot
}

dev_sysroot() {
  local folder
  folder=$(sysroot_c) && link_sysroot "$folder" && say "build/sysroot -> $folder"
}
