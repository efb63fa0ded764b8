# Debian source packages, fetched with an apt configuration of our own (lists, state, sources.list in our
# cache folder): the user's apt is neither read for sources nor changed. apt checks the archive's signature
# against Debian's keyring and every file against the signed index.

sources_dir=$cache_dir/sources
debian_mirror=${LINDVM_DEBIAN_MIRROR:-http://deb.debian.org/debian}

# own_apt ARGS...: apt-get on deb-src of bookworm main, with nothing kept outside our cache folder.
own_apt() {
  local root=$cache_dir/apt
  mkdir -p "$root/lists/partial" "$root/archives/partial"
  printf 'deb-src [signed-by=%s] %s bookworm main\n' \
    /usr/share/keyrings/debian-archive-keyring.gpg "$debian_mirror" >"$root/sources.list"
  apt-get -qq -o Dir::State="$root" -o Dir::State::lists="$root/lists" -o Dir::Cache="$root" \
    -o Dir::Etc::sourcelist="$root/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o APT::Sandbox::User="$(id -un)" -o APT::Update::Post-Invoke-Success::= -o Acquire::Retries=3 "$@"
}

# download_source NAME: the package's files into sources/NAME, all or nothing.
download_source() {
  local name=$1 scratch=$sources_dir/.$1.$$
  [ -d "$sources_dir/$name" ] && return
  rm -rf "$sources_dir/.$name".* && mkdir -p "$scratch"
  own_apt update && (cd "$scratch" && own_apt source --download-only "$name" >/dev/null) || return
  mv "$scratch" "$sources_dir/$name"
}

# fetch_sources NAME...: download what is missing; nothing is asked of the network where all is here.
fetch_sources() {
  local name
  for name in "$@"; do
    with_lock "$sources_dir/.lock" download_source "$name" >&2 || die "cannot fetch the source package $name"
  done
}

# unpack_source NAME DIR: unpack the upstream source with Debian's patches applied into DIR.
unpack_source() { dpkg-source --no-check -x "$sources_dir/$1"/*.dsc "$2" >/dev/null; }
