# shellcheck shell=sh disable=SC2154 # common.sh sets builds and venv
# sanitized PYTEST-ARGUMENT...: pytest on the asan build. A report of the sanitizers fails the
# run even where the test that caused it did not look.
sanitized() {
  build asan
  build asan asan-faults -DNSK_FAULTS=ON
  use_build asan
  NSK_FAULTS_BUILD=$builds/asan-faults
  asan=$(readlink -f "$(cc -print-file-name=libasan.so)")
  [ -e "$asan" ] || die "libasan.so was not found"
  reports=$NSK_BUILD/report
  rm -f "$reports".*
  NSK_SANITIZED=1
  PYTHONMALLOC=malloc
  # CPython frees little at its end, so that leaks are looked for in Lua alone.
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:log_path=$reports
  UBSAN_OPTIONS=print_stacktrace=1:log_path=$reports
  plain_lua=$(command -v "$NSK_LUA")
  NSK_LUA=$NSK_BUILD/lua-with-leak-check
  cat >"$NSK_LUA" <<END
#!/bin/sh
ASAN_OPTIONS=\$ASAN_OPTIONS:detect_leaks=1 exec "$plain_lua" "\$@"
END
  chmod 755 "$NSK_LUA"
  export NSK_FAULTS_BUILD NSK_SANITIZED PYTHONMALLOC ASAN_OPTIONS UBSAN_OPTIONS NSK_LUA

  status=0
  LD_PRELOAD=$asan "$venv/bin/python" -m pytest -n auto "$@" || status=$?
  for report in "$reports".*; do
    [ -e "$report" ] || continue
    cat "$report" >&2
    status=1
  done
  return $status
}

# The C programs of the core under ThreadSanitizer, above all tests/core/threads.c.
race_checked() {
  build tsan && TSAN_OPTIONS=halt_on_error=1 quietly ctest --test-dir "$builds/tsan" \
    --output-on-failure --no-tests=error
}
