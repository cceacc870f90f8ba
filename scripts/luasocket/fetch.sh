# shellcheck shell=sh disable=SC2154 # check sets builds
# The test programs of the luasocket that the distribution has, out of its source package, and the
# servers that they want, which are not installed: no one's machine starts them. They are fetched
# once. apt's own sources and lists stay as they are: these have a folder of theirs.
own=$builds/luasocket
luasocket_servers="lighttpd atftpd dictd"

private_apt() {
  apt-get -qq -o APT::Sandbox::User=root -o "Dir::Etc::sourcelist=$own/sources.list" \
    -o Dir::Etc::sourceparts=/dev/null -o "Dir::State=$own/apt" -o "Dir::Cache=$own/apt" \
    -o Dir::State::status=/var/lib/dpkg/status -o Debug::NoLocking=1 "$@"
}

# The archives of this release that packages come from, with their sources.
source_lines() (
  # shellcheck source=/dev/null
  . /etc/os-release
  keyring=/usr/share/keyrings/$ID-archive-keyring.gpg
  signed=
  [ ! -e "$keyring" ] || signed="[signed-by=$keyring]"
  for kind in deb deb-src; do
    apt-get indextargets --format "$kind $signed \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
      'Identifier: Packages' "Codename: $VERSION_CODENAME" | sort -u
  done
)

# Into $own/test also what its programs want of the rest of the package.
fetch_luasocket() {
  [ ! -e "$own/servers" ] || return 0
  has apt-get || die "luasocket's source package and the servers ($luasocket_servers) need apt-get"
  say "dev: fetching luasocket's source package, and not to be installed: $luasocket_servers"
  rm -rf "$own"
  mkdir -p "$own/apt/lists/partial" "$own/apt/archives/partial" "$own/test" "$own/unpacked"
  source_lines >"$own/sources.list"
  quietly private_apt update || return 1
  (cd "$own" && quietly private_apt source --download-only --tar-only lua-socket) || return 1
  tar -C "$own/test" --strip-components=2 --wildcards -xzf "$own"/luasocket_*.orig.tar.gz \
    '*/test/*' '*/etc/dict.lua' '*/etc/tftp.lua' '*/src/mbox.lua'
  # shellcheck disable=SC2086 # a list of words
  quietly private_apt install -y --download-only --reinstall --no-install-recommends \
    $luasocket_servers || return 1
  for package in "$own"/apt/archives/*.deb; do
    dpkg -x "$package" "$own/unpacked" || return 1
  done
  rm -rf "$own/apt"
  mv "$own/unpacked" "$own/servers" # what is there is whole
}
