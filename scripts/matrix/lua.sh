# shellcheck shell=sh disable=SC2154
# The module in every Lua that is installed, and in those of the fetched sources.
lua_built() { # lua_built PROGRAM VERSION INCLUDE-DIR
  make "lua-$2" -DNSK_LUA=ON -DNSK_WERROR=ON "-DLUA_INCLUDE_DIR=$3" && lua_smoke "$1" "$built"
}
lua_from_source() { # lua_from_source SOURCES VERSION
  lua_program "$1" "$work/lua$2" cc && lua_built "$work/lua$2" "$2-source" "$1"
}
for version in 5.4 5.5; do
  include=$(first_file lua.h "/usr/include/lua$version" "/usr/local/include/lua$version")
  if has "lua$version" && [ -n "$include" ]; then
    release=$("lua$version" -v | sed 's/^Lua \([0-9.]*\).*/\1/')
    attempt "Lua, installed" "$release" lua_built "lua$version" "$version" "$include"
  else
    absent "Lua, installed" "$version" "no lua$version here"
  fi
done
if sources=$(lua_sources); then
  for version in 5.4 5.5; do
    from=$sources/lua$(printf '%s' $version | tr -d .)
    attempt "Lua, from its sources" "$version" lua_from_source "$from" "$version"
  done
else
  absent "Lua, from its sources" "5.4, 5.5" "./dev matrix lua fetches them from PyPI"
fi
