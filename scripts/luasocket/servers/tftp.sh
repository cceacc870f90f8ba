# shellcheck shell=sh
# It serves luasocket's folder, and stays the one user that this namespace has.
exec atftpd --daemon --no-fork --user root.root /tmp/test
