# shellcheck shell=sh disable=SC2154
# A wheel for each CPython of this machine, installed into an environment of its own; quick:
# the oldest and the newest one, from a build directory.

. scripts/matrix/pythons.sh

python_build() {
  make "python-$2" -DNSK_PYTHON=ON "-DPython_EXECUTABLE=$1" &&
    python_smoke "$1" "$built/python"
}

python_wheel() { # python_wheel PROGRAM VERSION
  home=$work/wheel-$2
  # The pip that a Python brings along knows it; ours may be too new for it, but does for a
  # Python without one.
  if "$1" -m venv --clear "$home"; then
    set -- "$home/bin/python" -m pip
  else
    "$1" -m venv --without-pip --clear "$home" || return 1
    set -- "$pip" --python "$home/bin/python"
  fi
  "$@" wheel --no-deps -w "$home/dist" --config-settings "build-dir=$home/build" . &&
    "$@" install --no-index --no-deps "$home"/dist/*.whl &&
    python_smoke "$home/bin/python" &&
    note "$(basename "$home"/dist/*.whl); $(cat "$table.note")"
}

pythons >"$work/pythons"
chosen=$work/pythons
if [ -n "$quick" ]; then
  chosen=$work/pythons.chosen
  grep ' headers ' "$work/pythons" | sed -n '1p;$p' | sort -u >"$chosen"
fi
while read -r _ version headers program <&3; do
  if [ "$headers" = bare ]; then
    absent "CPython $program" "$version" "has no Python.h"
  elif [ -n "$quick" ]; then
    attempt "CPython, built" "$version" python_build "$program" "$version"
  else
    attempt "CPython, wheel" "$version" python_wheel "$program" "$version"
  fi
done 3<"$chosen"
if [ -z "$quick" ]; then
  for minor in 09 10 11 12 13 14; do
    grep -q "^3.$minor " "$work/pythons" ||
      absent CPython "3.${minor#0}" "not installed (see debian)"
  done
  grep -q '^[^ ]* [0-9.]*t ' "$work/pythons" ||
    absent "CPython, free-threaded" - "none here; NSK_PYTHONS=PROGRAM adds one"
fi
