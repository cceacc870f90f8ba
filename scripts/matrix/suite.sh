# shellcheck shell=sh disable=SC2154
# All of tests/python with each CPython of this machine but the one that `./dev test` runs, each
# with an environment and a build of its own: a release differs in more than a smoke test sees.
. scripts/matrix/pythons.sh

python_suite() ( # python_suite PROGRAM VERSION
  PYTHON=$1
  NSK_VENV=$work/suite-$2/venv
  NSK_BUILD_ROOT=$work/suite-$2
  . scripts/dev/common.sh
  use_venv test && build test && build faults && use_build test || exit 1
  NSK_FAULTS_BUILD=$builds/faults
  export NSK_FAULTS_BUILD
  passed=0
  pytest_parallel -q tests/python >"$builds/out" || passed=1
  cat "$builds/out"
  note "$(tail -n 1 "$builds/out")"
  exit $passed
)

if [ -n "$offline" ]; then
  absent "CPython, tests/python" - "its packages are fetched"
else
  own=$(python -c 'import platform; print(platform.python_version())')
  # Not every package of the tests is there for a free-threaded one.
  pythons | grep ' headers ' | awk -v own="$own" '$2 != own && $2 !~ /t$/' >"$work/suite"
  while read -r _ version _ program <&3; do
    attempt "CPython, tests/python" "$version" python_suite "$program" "$version"
  done 3<"$work/suite"
fi
