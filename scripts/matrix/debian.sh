# shellcheck shell=sh disable=SC2154
# Debian's development release in a folder: the newest compiler, CPython and Lua that a
# distribution packs. Takes root, debootstrap, and some 600 MB, once.
debian=$fetched/debian
packages="gcc,libc6-dev,cmake,ninja-build,python3.14-dev,lua5.5,liblua5.5-dev"

unpack() {
  rm -rf "$debian" && mkdir -p "$debian" &&
    debootstrap --variant=minbase "--include=$packages" sid "$debian" \
      http://deb.debian.org/debian && touch "$debian/ready"
}
inside() { chroot "$debian" env -i HOME=/ PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
in_debian() {
  rm -rf "$debian/src" "$debian/build" && mkdir "$debian/src" &&
    cp -R CMakeLists.txt cmake core lua python tests "$debian/src" &&
    inside cmake -S /src -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DNSK_WERROR=ON \
      -DNSK_TESTS=OFF -DPython_EXECUTABLE=/usr/bin/python3.14 \
      -DLUA_INCLUDE_DIR=/usr/include/lua5.5 &&
    inside cmake --build /build -- --quiet
}
debian_python() {
  smoke=$(inside PYTHONPATH=/build/python python3.14 /src/tests/build/smoke.py) &&
    note "$smoke"
}
debian_lua() {
  smoke=$(inside LUA_CPATH='/build/lua/?.so' LUA_PATH='/build/lua/?.lua' lua5.5 \
    /src/tests/build/smoke.lua) && note "$smoke"
}
if [ -n "$quick" ] || [ "$(id -u)" -ne 0 ] || ! has debootstrap; then
  absent "Debian sid" - "takes root and debootstrap"
elif ! [ -e "$debian/ready" ] && ! quietly unpack; then
  absent "Debian sid" - "its archive did not give it"
else
  attempt "Debian sid, gcc" "$(inside gcc -dumpfullversion)" in_debian
  attempt "Debian sid, CPython" "$(inside python3.14 -c 'import platform as p
print(p.python_version())')" debian_python
  attempt "Debian sid, Lua" "$(inside lua5.5 -v | sed 's/^Lua \([0-9.]*\).*/\1/')" debian_lua
fi
