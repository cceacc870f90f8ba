#!/bin/sh
# pair.sh MODULE SCHEDULER PROGRAM [SERVER READY]: runs one of luasocket's test programs, after
# its server if it has one, in a network and a /tmp of their own, which `unshare -rnm` made. READY
# is something that the server prints, or that stands in the kernel's list of unix sockets. What
# both print is in client.out and server.out, what they say of errors in client.err and server.err.
# The status is 124 where the program does not end within $LIMIT seconds.
set -eu
lua="$NSK_LUA $RUN $1 $2" program=$3 server=${4-} ready=${5-}
ip link set lo up
mount -t tmpfs tmpfs /tmp

: >server.out
if [ -n "$server" ]; then
  # shellcheck disable=SC2086 # words
  $lua "$server" >server.out 2>server.err &
  trap 'kill $! 2>/dev/null || :' EXIT
  until grep -q "$ready" server.out /proc/net/unix; do
    kill -0 $! 2>/dev/null || break
    sleep 0.05
  done
fi
# udpconnectclnt.lua is told a port that its server printed.
port=$(awk '$1 == "getsockname" { print $3; exit }' server.out)
status=0
# shellcheck disable=SC2086 # words
printf 'one\ntwo\n' | timeout "$LIMIT" $lua "$program" "$port" >client.out 2>client.err || status=$?
# A server that ends by itself shows the rest of what it has.
[ -z "$server" ] || timeout 5 tail --pid=$! -f /dev/null || :
exit $status
