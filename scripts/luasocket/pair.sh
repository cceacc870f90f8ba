#!/bin/sh
# pair.sh MODULE SCHEDULER PROGRAM [SERVER READY]: runs one of luasocket's test programs, after
# its server if it has one, in namespaces that `unshare -rnmpf` made: their network, /tmp, mail and
# names of hosts are the program's own, and what still runs at the end goes with it. SERVER is another
# of luasocket's programs, or one of servers/. READY is something that the server prints, or that
# stands in the kernel's lists of sockets. What both print is in client.out and server.out, what they
# say of errors in client.err and server.err. The status is 124 where the program does not end within
# $WITHIN seconds; where it could not be started there is no client.out.
set -eu
lua="$NSK_LUA $HERE/run.lua $1 $2" program=$3 server=${4-} ready=${5-}
ip link set lo up
mount -t tmpfs tmpfs /var/spool
mkdir /var/spool/mail tmp
mount -t tmpfs tmpfs tmp
mkdir tmp/test tmp/servers tmp/root tmp/venv
mount --bind . tmp/test
mount --bind "$HERE/servers" tmp/servers
mount --bind "$SERVERS" tmp/root
mount --bind "$VENV" tmp/venv
mount --rbind tmp /tmp # last: it hides a project that is there, but for who is in it already
cat >/tmp/hosts <<END
127.0.0.1 localhost $(uname -n)
::1 localhost
127.0.0.1 google.com www.tecgraf.puc-rio.br diego.student.princeton.edu
END
echo 'hosts: files' >/tmp/nsswitch.conf
mount --bind /tmp/hosts /etc/hosts
mount --bind /tmp/nsswitch.conf /etc/nsswitch.conf

serve() {
  case $server in
    *.lua) $lua "$server" ;;
    *.py) /tmp/venv/bin/python "/tmp/servers/$server" ;;
    *)
      PATH=/tmp/root/usr/sbin:$PATH
      LD_LIBRARY_PATH=$(printf '%s:' /tmp/root/usr/lib/*-linux-* /tmp/root/lib/*-linux-*)
      export LD_LIBRARY_PATH
      # shellcheck source=/dev/null
      . "/tmp/servers/$server"
      ;;
  esac
}

: >server.out
if [ -n "$server" ]; then
  serve >server.out 2>server.err &
  until grep -qs "$ready" server.out server.err /proc/net/unix /proc/net/tcp /proc/net/udp; do
    kill -0 $! 2>/dev/null || break
    sleep 0.05
  done
fi
case $server in
  '' | *.lua) ;;
  *)
    if ! kill -0 $!; then
      cat server.err >&2
      exit 1
    fi
    ;;
esac
# udpconnectclnt.lua is told a port that its server printed.
port=$(awk '$1 == "getsockname" { print $3; exit }' server.out)
# Few descriptors, which find-connect-limit uses up; tftptest.lua looks for test/index.html.
limited="prlimit --nofile=256 timeout $WITHIN"
ln -s . test
status=0
# shellcheck disable=SC2086 # words
printf 'one\ntwo\n' | $limited $lua "$program" $port >client.out 2>client.err || status=$?
# A server that ends by itself shows the rest of what it has.
case $server in *.lua) timeout 5 tail --pid=$! -f /dev/null || : ;; esac
exit $status
