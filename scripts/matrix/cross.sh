# shellcheck shell=sh disable=SC2154
# zig as a cross compiler. The systems other than Linux are compiled and linked, and have
# never run.
cross() { # cross ZIG TARGET [LUA-HEADERS]
  rm -rf "${work:?}/cross-$2"
  configure "cross-$2" -DCMAKE_TOOLCHAIN_FILE=cmake/zig.cmake "-DNSK_ZIG=$1" \
    "-DNSK_TARGET=$2" -DNSK_WERROR=ON -DNSK_TESTS=ON \
    ${3:+-DNSK_LUA=ON "-DLUA_INCLUDE_DIR=$3"} &&
    cmake --build "$built" --target netsocket_core example_echo ${3:+netsocket_lua} -- --quiet ||
    return 1
  case $2 in
    *-linux-*) echoes "$built/examples/echo" && note "echoed" ;;
    *) note "compiled and linked; untested: nothing here runs it" ;;
  esac
}
if ! zig=$(zig_program); then
  absent "cross compiler (zig)" - "./dev matrix cross fetches it from PyPI"
else
  ZIG_GLOBAL_CACHE_DIR=$fetched/zig-cache
  ZIG_LOCAL_CACHE_DIR=$fetched/zig-cache
  export ZIG_GLOBAL_CACHE_DIR ZIG_LOCAL_CACHE_DIR
  targets="x86_64-macos aarch64-macos x86_64-freebsd x86_64-netbsd.11.0 \
    x86_64-openbsd"
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) targets="$targets x86_64-linux-musl x86-linux-musl x86_64-linux-gnu.2.17" ;;
  esac
  [ -z "$quick" ] || targets="aarch64-macos x86_64-freebsd"
  headers=
  if sources=$(lua_sources); then headers=$sources/lua54; fi
  [ -z "$quick" ] || headers=
  for target in $targets; do
    attempt "zig, $target" "$("$zig" version)" cross "$zig" "$target" "$headers"
  done
fi
