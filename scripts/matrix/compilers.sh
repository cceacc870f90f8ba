# shellcheck shell=sh disable=SC2154
# Everything, without a warning. The quick run leaves it to `dev lint`, which does the same.
compiler() {
  make "with-$1" "-DCMAKE_C_COMPILER=$1" -DNSK_WERROR=ON -DNSK_LUA=ON -DNSK_PYTHON=ON \
    -DNSK_TESTS=ON "-DPython_EXECUTABLE=$venv/bin/python" &&
    echoes "$built/examples/echo"
}
if [ -z "$quick" ]; then
  for cc in gcc clang clang-14 clang-19; do
    if has "$cc"; then
      attempt "$cc" "$("$cc" -dumpfullversion 2>/dev/null || "$cc" -dumpversion)" compiler "$cc"
    elif [ "$cc" = gcc ]; then
      absent "$cc" -
    fi
  done
  first_of clang clang-14 clang-19 >/dev/null || absent clang -
fi
