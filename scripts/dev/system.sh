# shellcheck shell=sh disable=SC2154 # common.sh sets builds
# What must come from the system: a row a package, with the verbs that need it and how to
# see that it is there. With names A|B, the first that the distribution has is taken.
# `extra` are programs and libraries of others that some tests talk to and skip without;
# `cmake` may come from PyPI as well. These two may stay missing.
packages() {
  cat <<'END'
build  gcc              has cc
build  libc6-dev        header stdio.h
build  python3          has "$PYTHON"
build  python3-venv     python_has venv ensurepip
build  python3-dev      python_headers
cmake  cmake            cmake_works
cmake  ninja-build      ninja_works
build  lua5.4           has "$NSK_LUA"
build  liblua5.4-dev    header lua.h
build  netbase          names
test   lua-cjson        lua_has cjson
test   pkg-config       has pkg-config
test   libcmocka-dev    header cmocka.h
test   strace           has strace
test   valgrind         has valgrind
extra  iproute2         has ip
extra  curl             has curl
extra  socat            has socat
extra  nginx-light|nginx  has nginx
extra  redis-server     has redis-server
extra  dnsmasq-base     has dnsmasq
extra  musl-tools       has musl-gcc
extra  luarocks         has luarocks
extra  lua-socket       lua_has socket
extra  lua-cqueues      lua_has cqueues
extra  lua-luv          lua_has luv
extra  lua-copas        copas_works
extra  lua-sec          lua_has ssl
extra  openssl          has openssl
lint   lua-check        has luacheck
lint   clang-14|clang   first_of clang-14 clang
lint   clang-tidy-14|clang-tidy  first_of clang-tidy-14 clang-tidy
lint   shellcheck       has shellcheck
END
}

header() {
  printf '#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>\n#include <%s>\n' "$1" |
    cc -E -I/usr/include/lua5.4 -I/usr/local/include - >/dev/null 2>&1
}
python_has() {
  for module in "$@"; do
    "$PYTHON" -c "import $module" 2>/dev/null || return 1
  done
}
python_headers() {
  "$PYTHON" -c 'import os, sysconfig
raise SystemExit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' 2>/dev/null
}
cmake_works() {
  cmake --version 2>/dev/null | awk '
    NR == 1 { split($3, v, "."); ok = v[1] > 3 || v[1] == 3 && v[2] >= 21 }
    END { exit !ok }'
}
# Of services, and localhost.
names() { [ -s /etc/services ] && [ -s /etc/hosts ]; }
ninja_works() { ninja --version >/dev/null 2>&1; }
lua_has() { "$NSK_LUA" -e "require '$1'" >/dev/null 2>&1; }
# Debian has Copas for every Lua up to 5.2, and Ubuntu 24.04 the module that it needs for 5.1
# and 5.3. Both are plain Lua, and the tests take them from there.
copas_works() {
  more='/usr/share/lua/5.2/?.lua;/usr/share/lua/5.3/?.lua'
  "$NSK_LUA" -e "package.path = package.path .. ';$more' require 'copas'" \
    >/dev/null 2>&1
}
# Prints the first of these programs that exists.
first_of() {
  for program in "$@"; do
    if has "$program"; then
      printf '%s\n' "$program"
      return 0
    fi
  done
  return 1
}

# missing LEVEL...: the packages of these levels that are not there.
missing() {
  packages | while read -r level package probe; do
    case " $* " in
      *" $level "*) eval "$probe" >/dev/null || printf '%s\n' "$package" ;;
    esac
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
    -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@"
}

# `apt-get update` does not wait for another one that runs.
apt_update() {
  for _ in 1 2 3 4 5 6; do
    if apt_get update >"$builds/apt.log" 2>&1; then return 0; fi
    grep -q 'Could not get lock' "$builds/apt.log" || break
    sleep 10
  done
  cat "$builds/apt.log" >&2
  return 1
}

# Installs packages and starts none of their services.
apt_install() {
  apt_update || return 1
  chosen=
  for package in "$@"; do
    for name in $(printf '%s' "$package" | tr '|' ' '); do
      if apt-cache show "$name" >/dev/null 2>&1; then
        chosen="$chosen $name"
        break
      fi
    done
  done
  policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then
    policy=
  else
    printf '#!/bin/sh\nexit 101\n' | as_root sh -c "cat >$policy && chmod 755 $policy"
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT INT TERM
  fi
  status=0
  # shellcheck disable=SC2086 # a list of words
  quietly apt_get install --no-install-recommends $chosen || status=$?
  if [ -n "$policy" ]; then
    as_root rm -f $policy
    trap - EXIT INT TERM
  fi
  return $status
}

optional() {
  packages | awk '$1 == "extra" || $1 == "cmake" { print $2 }' | grep -qxF "$1"
}

# Drops what may stay missing and apt was asked for before: a distribution can have it too
# old, or for another Lua.
not_in_vain() {
  while read -r package; do
    if ! optional "$package" || ! grep -qsxF "$package" "$builds/apt-tried"; then
      printf '%s\n' "$package"
    fi
  done
}

# need LEVEL...: everything of these levels is there, or this ends.
need() {
  lacking=$(missing "$@" | not_in_vain)
  [ -n "$lacking" ] || return 0
  # shellcheck disable=SC2086 # a list of words
  if has apt-get && { [ "$(id -u)" -eq 0 ] || has sudo; }; then
    say "dev: installing" $lacking
    apt_install $lacking || die "apt-get failed"
    # shellcheck disable=SC2086
    printf '%s\n' $lacking >>"$builds/apt-tried"
    lacking=$(missing "$@")
  fi
  required=
  for package in $lacking; do
    if optional "$package"; then
      say "dev: going on without $package"
    else
      required="$required $package"
    fi
  done
  [ -z "$required" ] || die "please install (Debian's names):$required"
}
