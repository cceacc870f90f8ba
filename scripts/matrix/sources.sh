# shellcheck shell=sh disable=SC2154 # matrix sets these
# What comes from PyPI: Lua's own sources, which the source release of lupa brings along, and
# zig. Fetched once; an offline run takes what is there.
fetched=${work%/*}/matrix/fetched

# lua_sources: the folder with lua54 and lua55.
lua_sources() {
  if [ -z "$offline" ] && ! [ -e "$fetched/lua" ]; then
    say "dev: fetching the sources of Lua (lupa, from PyPI)"
    mkdir -p "$fetched"
    # pip asks the package for its metadata, which is no reason to build its Lua.
    LUPA_NO_BUNDLE=true quietly timeout 600 "$pip" download -q --no-deps --no-binary :all: \
      -d "$fetched" 'lupa>=2.8,<3' &&
      tar -C "$fetched" -xzf "$fetched"/lupa-*.tar.gz &&
      mv "$fetched"/lupa-*/third-party "$fetched/lua"
  fi
  [ -e "$fetched/lua/lua54/lua.c" ] && printf '%s\n' "$fetched/lua"
}

# lua_program SOURCES TARGET COMPILER...: an interpreter that loads modules.
lua_program() {
  from=$1
  to=$2
  shift 2
  [ ! -e "$to" ] || return 0
  set -- "$@" -O1 -DLUA_USE_POSIX -DLUA_USE_DLOPEN -Wl,-E -o "$to"
  for file in "$from"/l*.c; do
    case $file in */luac.c | */ltests.c) ;; *) set -- "$@" "$file" ;; esac
  done
  "$@" -lm -ldl
}

zig_program() {
  if has zig; then
    command -v zig
    return
  fi
  if [ -z "$offline" ] && ! [ -e "$fetched/zig" ]; then
    say "dev: fetching zig (ziglang, from PyPI)"
    quietly "$pip" install -q --no-deps --target "$fetched/zig" ziglang
  fi
  [ -x "$fetched/zig/ziglang/zig" ] && printf '%s\n' "$fetched/zig/ziglang/zig"
}
