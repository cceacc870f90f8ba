# shellcheck shell=sh disable=SC2154
# This system, taken for one that has nothing but POSIX: the code that macOS and the BSDs run
# runs here. The full run sees the tests through that the difference could touch, but for what
# Linux itself does: it says 0 to the first connect(2) after the handshake, where others say
# EISCONN; and without SO_PROTOCOL nothing tells a wrapped socket's protocol.
features="ACCEPT4 PPOLL EVENTFD SIGTIMEDWAIT SOCK_CLOEXEC SO_DOMAIN SO_PROTOCOL
  LINUX_SENDFILE IP_MREQN"
plain() {
  set -- -DNSK_CONNECT_TWICE=OFF -DNSK_POLLSET=poll -DNSK_PACKETS=each
  for feature in $features; do
    set -- "$@" "-DNSK_HAVE_$feature=0"
  done
  make plain "$@" -DNSK_LUA=ON -DNSK_PYTHON=ON -DNSK_TESTS=ON \
    "-DPython_EXECUTABLE=$venv/bin/python" &&
    echoes "$built/examples/echo" && python_smoke "$venv/bin/python" "$built/python" &&
    lua_smoke "$NSK_LUA" "$built" && note "smoke tests"
}
plain_conformance() {
  (
    use_build matrix/plain
    cd tests || exit 1
    "$venv/bin/python" -m pytest -q -n 2 -k 'not h028 and not h004 and not EISCONN' core \
      conformance/test_[!abcdo]*.py conformance/test_accept.py conformance/test_bind.py \
      conformance/test_connect*.py conformance/test_d*.py >"$work/plain.out"
    status=$?
    cat "$work/plain.out"
    exit $status
  )
  status=$?
  note "$(tail -n 1 "$work/plain.out")"
  return $status
}
# poll(2) in place of epoll(7), a system call a packet, and nothing else: all of the
# conformance suite.
poll_alone() {
  make poll -DNSK_POLLSET=poll -DNSK_PACKETS=each -DNSK_LUA=ON -DNSK_PYTHON=ON -DNSK_TESTS=ON \
    "-DPython_EXECUTABLE=$venv/bin/python" && (
    use_build matrix/poll
    cd tests || exit 1
    "$venv/bin/python" -m pytest -q -n 2 core conformance >"$work/poll.out"
    status=$?
    cat "$work/poll.out"
    exit $status
  )
  status=$?
  note "$(tail -n 1 "$work/poll.out")"
  return $status
}
attempt "POSIX alone" "$(uname -s)" plain
[ -n "$quick" ] || attempt "poll(2) alone, conformance" "$(uname -s)" poll_alone
[ -n "$quick" ] || attempt "POSIX alone, conformance" "$(uname -s)" plain_conformance
