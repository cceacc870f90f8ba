# shellcheck shell=sh
# What httptest.lua asks for in its first lines, and find-connect-limit's port 80.
exec lighttpd -D -f /tmp/servers/lighttpd.conf -m /tmp/root/usr/lib/lighttpd
