# shellcheck shell=sh
# tagged_rockspec FOLDER: the rockspec of a release beside its archive, where LuaRocks finds
# that here; prints its name.
tagged_rockspec() {
  version=$(sed -n 's/^#define NSK_VERSION "\(.*\)"$/\1/p' include/netsocket.h)
  archive=$(cd "$1" && pwd)/netsocket-$version.tar.gz
  sed -e '/^--/d' -e "s/^version = .*/version = \"$version-1\"/" \
    -e "s|^   url = .*|   url = \"file://$archive\",\n   dir = \"netsocket-$version\",|" \
    lua/netsocket-scm-1.rockspec >"$1/netsocket-$version-1.rockspec"
  echo "netsocket-$version-1.rockspec"
}
