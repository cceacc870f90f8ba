# shellcheck shell=sh disable=SC2154 # check sets builds
# The test programs of the luasocket that the distribution has, out of its source package. They
# are fetched once. apt's own sources and lists stay as they are: these have a folder of theirs.
own=$builds/luasocket

private_apt() {
  apt-get -qq -o APT::Sandbox::User=root -o "Dir::Etc::sourcelist=$own/sources.list" \
    -o Dir::Etc::sourceparts=/dev/null -o "Dir::State=$own/apt" -o "Dir::Cache=$own/apt" \
    -o Dir::State::status=/var/lib/dpkg/status "$@"
}

# The archives of this release that packages come from, with their sources.
source_lines() (
  # shellcheck source=/dev/null
  . /etc/os-release
  keyring=/usr/share/keyrings/$ID-archive-keyring.gpg
  signed=
  [ ! -e "$keyring" ] || signed="[signed-by=$keyring]"
  apt-get indextargets --format "deb-src $signed \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
    'Identifier: Packages' "Codename: $VERSION_CODENAME" | sort -u
)

fetch_luasocket() {
  [ ! -e "$own/test" ] || return 0
  has apt-get || die "luasocket's source package needs apt-get"
  say "dev: fetching luasocket's source package"
  rm -rf "$own"
  mkdir -p "$own/apt/lists/partial" "$own/apt/archives/partial"
  source_lines >"$own/sources.list"
  quietly private_apt update || return 1
  (cd "$own" && quietly private_apt source --download-only --tar-only lua-socket) || return 1
  rm -rf "$own/apt"
  mkdir "$own/test"
  tar -C "$own/test" --strip-components=2 --wildcards -xzf "$own"/luasocket_*.orig.tar.gz '*/test/*'
}
