# shellcheck shell=sh disable=SC2154
# musl-gcc: the core and an echo over it; the Lua module, in a Lua built with the same.
musl_core() {
  make musl -DCMAKE_C_COMPILER=musl-gcc -DNSK_WERROR=ON &&
    musl-gcc -Iinclude examples/echo.c "$built/libnetsocket.a" -o "$built/echo" &&
    musl-gcc -static -Iinclude examples/echo.c "$built/libnetsocket.a" -lm \
      -o "$built/echo-static" &&
    echoes "$built/echo" && echoes "$built/echo-static" &&
    note "echoed, linked dynamically and statically"
}
musl_lua() { # musl_lua SOURCES VERSION
  lua_program "$1" "$work/lua$2-musl" musl-gcc &&
    make "musl-lua-$2" -DCMAKE_C_COMPILER=musl-gcc -DNSK_WERROR=ON -DNSK_LUA=ON "-DLUA_INCLUDE_DIR=$1" &&
    lua_smoke "$work/lua$2-musl" "$built"
}
if ! has musl-gcc; then
  absent musl - "no musl-gcc here (musl-tools)"
else
  version=$(sh -c '/lib/ld-musl-*.so.1 2>&1' | sed -n 's/^Version //p')
  attempt "musl, core" "$version" musl_core
  if sources=$(lua_sources); then
    attempt "musl, Lua 5.4" "$version" musl_lua "$sources/lua54" 5.4
    [ -n "$quick" ] || attempt "musl, Lua 5.5" "$version" musl_lua "$sources/lua55" 5.5
  else
    absent "musl, Lua" "$version" "./dev matrix lua fetches Lua's sources"
  fi
fi
