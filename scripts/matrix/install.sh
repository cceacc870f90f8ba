# shellcheck shell=sh disable=SC2154
# `cmake --install` puts net/socket* under the Lua prefix, the core's headers and archive
# where C programs look, and nothing anywhere else.
installs() {
  # What `lua` has built serves again, with the Python extension, which must not come along.
  configure lua-5.4 -DNSK_LUA=ON -DNSK_WERROR=ON -DNSK_PYTHON=ON \
    "-DPython_EXECUTABLE=$venv/bin/python" &&
    cmake --build "$built" --target netsocket_lua -- --quiet &&
    rm -rf "$work/prefix" && cmake --install "$built" --prefix "$work/prefix" &&
    (cd "$work/prefix" && find . -type f -o -type l) | sort >"$work/installed" &&
    ! grep -vE '^\./(lib/lua/5\.[45]/net/socket\.so|share/lua/5\.[45]/net/socket/.*\.lua|include/netsocket(/[a-z]+)?\.h|lib/libnetsocket\.a|lib/pkgconfig/netsocket\.pc|share/netsocket/types/[a-z]+\.lua)$' \
      "$work/installed" &&
    grep -q '/net/socket\.so$' "$work/installed" &&
    (cd lua && find net -name '*.lua') | while read -r file; do
      grep -q "/$file\$" "$work/installed" || exit 1
    done &&
    smoke=$(LUA_PATH="$work/prefix/share/lua/5.4/?.lua" \
      LUA_CPATH="$work/prefix/lib/lua/5.4/?.so" "$NSK_LUA" tests/build/smoke.lua) &&
    note "$(wc -l <"$work/installed") files; $smoke"
}
attempt "cmake --install" "$(cmake --version | sed -n '1s/.* //p')" installs
