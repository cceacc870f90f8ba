# shellcheck shell=sh disable=SC2154
# The rockspec as LuaRocks builds it, from what it would unpack; where there is no LuaRocks,
# the calls that it makes for `type = "cmake"`.
rock_source() {
  rm -rf "$work/rock" && mkdir -p "$work/rock" &&
    cp -R CMakeLists.txt LICENSE README.md cmake core include lua tables "$work/rock"
}
in_rock() { # the module from the tree, and nothing else of ours
  tree=$work/rock/tree
  smoke=$(LUA_PATH="$tree/share/lua/5.4/?.lua" LUA_CPATH="$tree/lib/lua/5.4/?.so" \
    "$NSK_LUA" tests/build/smoke.lua) && note "$smoke"
}
with_luarocks() {
  rock_source &&
    (cd "$work/rock" && luarocks --lua-version 5.4 --tree "$work/rock/tree" \
      make lua/netsocket-scm-1.rockspec) && in_rock &&
    luarocks --lua-version 5.4 --tree "$work/rock/tree" show netsocket >/dev/null
}
without_luarocks() {
  rock_source && (
    cd "$work/rock" || exit 1
    tree=$work/rock/tree
    cmake -H. -Bbuild.luarocks -DCMAKE_BUILD_TYPE=Release "-DCMAKE_INSTALL_PREFIX=$tree" \
      "-DLUA_INCLUDE_DIR=$1" -DNSK_LUA=ON "-DNSK_LUA_CDIR=$tree/lib/lua/5.4" \
      "-DNSK_LUA_DIR=$tree/share/lua/5.4" -DNSK_LIBRARY=OFF -DNSK_PYTHON=OFF \
      -DNSK_TESTS=OFF &&
      cmake --build build.luarocks --config Release &&
      cmake --build build.luarocks --target install --config Release
  ) && in_rock
}
# The release as LuaRocks takes it: packed, and installed from the pack; the types with it.
from_archive() {
  rm -rf "$work/release" && mkdir -p "$work/release" &&
    "$venv/bin/python" -c 'import sys
from scikit_build_core.build import build_sdist
build_sdist(sys.argv[1])' "$work/release" &&
    rockspec=$(tagged_rockspec "$work/release") &&
    (cd "$work/release" && luarocks lint "$rockspec" &&
      luarocks --lua-version 5.4 pack "$rockspec" &&
      luarocks --lua-version 5.4 --tree "$work/rock/tree" install ./*.src.rock) &&
    in_rock && find "$work/rock/tree" -name socket.lua -path '*/types/*' | grep -q .
}
. scripts/dev/rockspec.sh
if has luarocks; then
  version=$(luarocks --version | sed -n '1s/.* //p')
  attempt "rockspec, luarocks make" "$version" with_luarocks
  attempt "release, luarocks install" "$version" from_archive
else
  attempt "rockspec, by its calls" "no luarocks" without_luarocks /usr/include/lua5.4
fi
