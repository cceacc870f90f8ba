# shellcheck shell=sh
# Shared by the verbs: where things are, the virtual environment, and the build.
# A verb is run from the project's root.
root=$(pwd)
PYTHON=${PYTHON:-python3}
NSK_LUA=${NSK_LUA:-lua5.4}
venv=${NSK_VENV:-$root/.venv}
builds=${NSK_BUILD_ROOT:-$root/build}
mkdir -p "$builds"
PATH=$venv/bin:$PATH:/usr/sbin
export NSK_LUA PATH

say() { printf '%s\n' "$*" >&2; }
die() {
  say "dev: $*"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command and shows what it printed only if it fails.
quietly() {
  quiet_log=$(mktemp "$builds/log.XXXXXX")
  if "$@" >"$quiet_log" 2>&1; then
    rm -f "$quiet_log"
  else
    cat "$quiet_log" >&2
    rm -f "$quiet_log"
    return 1
  fi
}

. scripts/dev/system.sh

# Makes the virtual environment hold the groups of pyproject.toml that are named. A stamp
# for each says for which Python and which requirements it was done.
use_venv() {
  base=$("$PYTHON" -c 'import sys; print(sys.version, sys.base_prefix)')
  if [ "$(cat "$venv/base" 2>/dev/null)" != "$base" ]; then
    say "dev: making $venv"
    "$PYTHON" -m venv --clear "$venv"
    printf '%s\n' "$base" >"$venv/base"
  fi
  if ! cmake_works || ! ninja_works; then use_group build; fi
  for group in "$@"; do
    use_group "$group"
  done
}

use_group() { use_python_tools "group-$1" pyproject.toml --group "$1"; }
# What the pages are built with, where Sphinx runs.
use_sphinx() {
  "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || return 0
  use_python_tools requirements-docs docs/requirements.txt -r docs/requirements.txt
}

use_python_tools() { # use_python_tools STAMP FILE PIP-ARGUMENT...
  stamp=$venv/$1
  wanted=$(cksum <"$2")
  [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || return 0
  say "dev: installing the Python tools of $1"
  shift 2
  # Older releases of pip know no groups.
  quietly "$venv/bin/pip" install -q --upgrade 'pip>=25.1'
  quietly "$venv/bin/pip" install -q "$@"
  printf '%s\n' "$wanted" >"$stamp"
}

# build PRESET [NAME [CMAKE-OPTION...]]: into $builds/NAME, NAME being PRESET unless given.
build() {
  preset=$1
  name=${2:-$1}
  [ $# -lt 2 ] || shift
  shift
  for_python=$("$venv/bin/python" -c 'import os, sys; print(os.path.realpath(sys.executable))')
  # CMake cannot change the Python of a build directory.
  if [ "$(cat "$builds/$name/for-python" 2>/dev/null)" != "$for_python" ]; then
    rm -rf "${builds:?}/$name"
    mkdir -p "$builds/$name"
    printf '%s\n' "$for_python" >"$builds/$name/for-python"
  fi
  quietly cmake --preset "$preset" -B "$builds/$name" "-DPython_EXECUTABLE=$for_python" "$@" &&
    quietly cmake --build "$builds/$name"
}

# Runs tests in parallel. Half of the time a test waits for its peer, so a processor has two
# workers. What Python compiles is kept beside the builds.
pytest_parallel() {
  : "${NSK_WORKERS:=$(($(getconf _NPROCESSORS_ONLN) * 2))}"
  PYTHONPYCACHEPREFIX=$builds/pycache
  export PYTHONPYCACHEPREFIX
  unset PYTHONDONTWRITEBYTECODE
  "$venv/bin/python" -m pytest -n "$NSK_WORKERS" --dist worksteal "$@"
}

# use_build NAME: every program started from here finds that build.
use_build() {
  NSK_BUILD=$builds/$1
  LUA_PATH="$NSK_BUILD/lua/?.lua;;"
  LUA_CPATH="$NSK_BUILD/lua/?.so;;"
  PYTHONPATH=$NSK_BUILD/python
  unset LUA_PATH_5_4 LUA_CPATH_5_4
  export NSK_BUILD LUA_PATH LUA_CPATH PYTHONPATH
}
