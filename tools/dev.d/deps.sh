# The Debian bookworm packages that building, testing and the guests need. clang-22 and its
# relatives come from bookworm-security, which a fresh Debian has enabled.

dev_packages=(
  clang-22 lld-22 llvm-22 libclang-rt-22-dev clang-format-22 clang-tidy-22    # our compiler and its tools
  g++ cmake ninja-build ccache git                                            # second compiler, build
  libfmt-dev libcli11-dev nlohmann-json3-dev libdw-dev libxxhash-dev          # libraries
  libgtest-dev libgmock-dev libbenchmark-dev                                  # tests and benchmarks
  wasi-libc libclang-rt-22-dev-wasm32 libc++-22-dev-wasm32 libc++abi-22-dev-wasm32  # guests
  csmith libcsmith-dev                                                             # random programs
  gdb                                                                              # tests of --gdb
  dpkg-dev make tcl xz-utils bzip2 python3                                         # sources and scripts
  linux-libc-dev pkg-config                                                        # the sysroot
  autoconf automake libtool bison flex patch                                       # programs' own build systems
  busybox-static gawk jq lua5.4 sqlite3 zstd                                       # and what those are compared with
)
# Native programs of 32 bits, with which guests are compared, and emulation for the cross-build.
if [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ]; then
  dev_packages+=(libc6-dev-i386 lib32gcc-12-dev qemu-user)
fi

missing_packages() {
  comm -13 <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${dev_packages[@]}" 2>/dev/null |
               sed -n 's/^installed //p' | sort -u) \
           <(printf '%s\n' "${dev_packages[@]}" | sort -u)
}

dev_deps() {
  local missing log=$log_dir/deps.log
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || die "not a Debian system; please install: $missing"
  say "installing:" $missing
  mkdir -p "$log_dir"
  # shellcheck disable=SC2086
  { as_root apt-get update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
    >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "the installation failed, see $log"; }
}
