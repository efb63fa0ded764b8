# Debian source packages, fetched with an apt configuration of our own (lists, state, sources.list in our
# cache folder): the user's apt is neither read for sources nor changed. apt checks the archive's signature
# against Debian's keyring and every file against the signed index.

sources_dir=$cache_dir/sources
debian_mirror=${LINDVM_DEBIAN_MIRROR:-http://deb.debian.org/debian}

# own_apt ARCHIVE ARGS...: apt-get on one archive (e.g. "deb-src bookworm", "deb bookworm arm64"), with all its files in
# our cache folder. Of another architecture than the machine's, no package counts as installed.
own_apt() {
  local kind suite arch mirror=$debian_mirror root=$cache_dir/apt/${1// /-} foreign=()
  read -r kind suite arch <<<"$1"
  [ -z "$arch" ] || foreign=(-o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State::status=/dev/null)
  [[ $suite != *-security ]] || mirror+=-security
  shift
  mkdir -p "$root/lists/partial" "$root/archives/partial"
  printf '%s [signed-by=%s] %s %s main\n' "$kind" /usr/share/keyrings/debian-archive-keyring.gpg \
    "$mirror" "$suite" >"$root/sources.list"
  apt-get -qq -o Dir::State="$root" -o Dir::State::lists="$root/lists" -o Dir::Cache="$root" \
    -o Dir::Etc::sourcelist="$root/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o APT::Sandbox::User="$(id -un)" -o APT::Update::Post-Invoke-Success::= -o Acquire::Retries=3 "${foreign[@]}" "$@"
}

# download NAME ARCHIVE COMMAND...: what the apt-get command fetches into sources/NAME, all or nothing.
download() {
  local name=$1 archive=$2 scratch=$sources_dir/.$1.$$
  shift 2
  [ -d "$sources_dir/$name" ] && return
  rm -rf "$sources_dir/.$name".* && mkdir -p "$scratch"
  own_apt "$archive" update && (cd "$scratch" && own_apt "$archive" "$@" "$name" >/dev/null) || return
  mv "$scratch" "$sources_dir/$name"
}

# fetch_sources NAME...: download what is missing; nothing is asked of the network where all is here. The oldest suite that the
# mirror serves: not each package of bookworm is there.
fetch_sources() {
  local name
  for name in "$@"; do
    fetch_source "$name" --download-only bookworm trixie sid || return
  done
}

# fetch_source NAME OPTION SUITE...: the source package as the first of the suites has it that can be downloaded. OPTION is
# --download-only, or --tar-only where the upstream tarball is enough.
fetch_source() {
  local name=$1 option=$2 suite
  shift 2
  for suite in "$@"; do
    with_lock "$sources_dir/.lock" download "$name" "deb-src $suite" source --download-only "$option" >&2 && return
  done
  die "cannot fetch the source package $name from any of: $*"
}

# unpack_source NAME DIR [--skip-patches]: unpack the upstream source with Debian's patches applied into DIR.
unpack_source() { dpkg-source --no-check ${3:+"$3"} -x "$sources_dir/$1"/*.dsc "$2" >/dev/null; }

# packaged_spec: the folder with the spec suite that Debian (sid) carries as JSON and wasm in a Go package's tests.
packaged_spec() {
  local package=golang-github-tetratelabs-wazero-dev folder
  with_lock "$sources_dir/.lock" download "$package" "deb sid" download >&2 || return
  folder=$sources_dir/$package/unpacked
  [ -d "$folder" ] || { dpkg-deb -x "$sources_dir/$package"/*.deb "$folder.$$" && mv -T "$folder.$$" "$folder"; } || return
  echo "$folder/usr/share/gocode/src/github.com/tetratelabs/wazero/internal/integration_test/spectest"
}
