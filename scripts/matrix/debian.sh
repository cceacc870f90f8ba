# shellcheck shell=sh disable=SC2154
# A Debian that is newer than this system, in a folder: the CPythons, the Lua and the compilers
# that it has, and a free-threaded CPython from the source of one. It runs `dev matrix` inside.
debian=$fetched/debian
mirror=${NSK_DEBIAN:-http://deb.debian.org/debian}
debian_packages="gcc libc6-dev make cmake ninja-build lua5.5 liblua5.5-dev
  python3.14-dev python3.14-venv dpkg-dev libffi-dev zlib1g-dev"

inside() { as_root chroot "$debian" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
# A mirror may be older than its release files like.
inside_apt() {
  inside DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Acquire::Check-Valid-Until=false "$@"
}

# shellcheck disable=SC2086 # packages are words
debian_root() {
  [ ! -e "$debian/ready" ] || return 0
  as_root rm -rf "$debian" && mkdir -p "$debian" &&
    as_root debootstrap --variant=minbase sid "$debian" "$mirror" &&
    inside_apt install --no-install-recommends $debian_packages &&
    as_root touch "$debian/ready"
}

# Debian has no package of it; any source of 3.13 or later makes one.
# shellcheck disable=SC2016 # the shell inside expands
free_threaded() {
  [ ! -e "$debian/opt/free/bin/python3" ] || return 0
  printf 'deb-src %s %s main\n' "$mirror" trixie |
    as_root tee "$debian/etc/apt/sources.list.d/source.list" &&
    inside_apt update && inside sh -ec '
      release=$(apt-cache showsrc --only-source python3.13 | sed -n "s/^Version: //p" |
        sort -V | head -n 1)
      rm -rf /usr/src/python && mkdir -p /usr/src/python && cd /usr/src/python
      apt-get -qq source --download-only python3.13="$release"
      tar -xf python3.13_*.orig.tar.xz --strip-components=1
      ./configure -q --disable-gil --prefix=/opt/free
      make -s -j "$0" && make -s install' "$CMAKE_BUILD_PARALLEL_LEVEL" &&
    note "$(inside /opt/free/bin/python3 -VV)"
}

# What pip needs to build a wheel inside, where it reaches nothing.
build_tools() {
  rm -rf "$work/tools" &&
    "$pip" download -q --only-binary :all: --python-version 3.14 --no-deps -d "$work/tools" \
      "$(sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml)" packaging pathspec
}

debian_matrix() {
  project=$debian/root/netsocket
  build_tools && as_root rm -rf "$project" &&
    as_root mkdir -p "$project/tests/build" "$project/tools" &&
    as_root cp -R dev CMakeLists.txt CMakePresets.json LICENSE README.md pyproject.toml \
      cmake core docs examples include lua python scripts tables "$project" &&
    as_root cp tests/build/smoke.lua tests/build/smoke.py "$project/tests/build" &&
    as_root cp "$work"/tools/*.whl "$project/tools" &&
    inside PYTHON=python3.14 NSK_PYTHONS=/opt/free/bin/python3 NSK_LUA=lua5.5 \
      PIP_NO_INDEX=1 PIP_FIND_LINKS=/root/netsocket/tools \
      sh -ec 'cd /root/netsocket && python3.14 -m venv .venv &&
        exec ./dev matrix --offline compilers python limited lua' >"$work/debian.out"
}

if [ -n "$offline" ]; then
  : # nothing can be fetched
elif ! has debootstrap || ! as_root true; then
  absent "Debian sid" - "needs debootstrap and root"
else
  attempt "Debian sid, made" - debian_root
  attempt "free-threaded CPython, made" - free_threaded
  attempt "Debian sid, matrix" - debian_matrix
  sed -n 's/^\(ok\|FAILED\)\(.*[^ ]\) *$/\1\2 (Debian sid)/p' "$work/debian.out" >>"$table"
fi
