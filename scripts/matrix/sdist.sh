# shellcheck shell=sh disable=SC2154
# The source release: what is in it, and that pip installs it.
make_sdist() {
  rm -rf "$work/sdist" && mkdir -p "$work/sdist" &&
    "$venv/bin/python" -c 'import sys
from scikit_build_core.build import build_sdist
build_sdist(sys.argv[1])' "$work/sdist" &&
    tar -tzf "$work/sdist"/netsocket-*.tar.gz >"$work/sdist/files" &&
    for file in LICENSE CHANGELOG.md docs/guide/getting-started.md examples/echo.c \
      tests/conformance/test_new.py dev; do
      grep -q "^netsocket-[^/]*/$file\$" "$work/sdist/files" || return 1
    done &&
    note "$(wc -l <"$work/sdist/files") files"
}
# Only the package, whole: nothing else lands in site-packages.
wheel_files() { # wheel_files FOLDER
  (cd "$1" && find . -type f ! -path '*/__pycache__/*' ! -path './netsocket-*.dist-info/*') |
    sort >"$work/sdist/installed" &&
    ! grep -vE '^\./netsocket/(_netsocket\.[^/]*\.so|(_tls/)?[a-z_]+\.pyi?|py\.typed)$' \
      "$work/sdist/installed" &&
    for file in __init__.py __init__.pyi py.typed; do
      grep -qx "./netsocket/$file" "$work/sdist/installed" || return 1
    done
}
install_sdist() {
  # Without isolation nothing is fetched: the quick run's way.
  "$pip" install --no-deps ${quick:+--no-build-isolation --no-index} \
    --target "$work/sdist/into" "$work/sdist"/netsocket-*.tar.gz &&
    wheel_files "$work/sdist/into" &&
    python_smoke "$venv/bin/python" "$work/sdist/into"
}
version=$("$venv/bin/python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
if ! "$venv/bin/python" -c 'import scikit_build_core' 2>/dev/null; then
  absent "sdist" - "no scikit-build-core in $venv"
else
  attempt "sdist" - make_sdist
  attempt "sdist, pip install" "$version" install_sdist
fi
