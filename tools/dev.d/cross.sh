# What cross-building for AArch64 needs: Debian's arm64 libraries, unpacked into a folder of our own, so that neither
# the machine's packages nor its apt change. What is built runs under qemu-aarch64 -L that folder.

arm64_root=$cache_dir/arm64-root

arm64_packages=(
  libc6 libc6-dev libcrypt-dev linux-libc-dev libgcc-s1 libgcc-12-dev libstdc++6 libstdc++-12-dev        # C and C++
  libfmt9 libfmt-dev libcli11-dev nlohmann-json3-dev libdw-dev libdw1 libelf-dev zlib1g-dev liblzma-dev  # libraries
  libbz2-dev libxxhash-dev libgtest-dev libgmock-dev
)

unpack_arm64_root() {
  [ ! -f "$arm64_root/.complete" ] || return 0
  local scratch=$arm64_root.$$ package apt=(own_apt "deb bookworm arm64")
  rm -rf "$arm64_root" "$arm64_root".[0-9]* && mkdir -p "$scratch/debs"
  "${apt[@]}" update && (cd "$scratch/debs" && "${apt[@]}" download "${arm64_packages[@]}" >/dev/null) || return
  for package in "$scratch"/debs/*.deb; do dpkg-deb -x "$package" "$scratch" || return; done
  rm -rf "$scratch/debs" && touch "$scratch/.complete" && mv -T "$scratch" "$arm64_root"
}

# prepare_arm64_root: the folder, for cmake/aarch64.cmake and qemu.
prepare_arm64_root() {
  with_lock "$cache_dir/.arm64-lock" unpack_arm64_root >&2 || return
  export LINDVM_ARM64_ROOT=$arm64_root
}
