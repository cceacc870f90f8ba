# shellcheck shell=sh
# A dictionary of one word, which has its name: that is where dict.lua looks. dictd becomes the
# user nobody, who has to be the one user of this namespace.
mkdir /tmp/dict
cd /tmp/dict || exit
echo 'nobody:x:0:0::/:/bin/sh' >passwd
mount --bind passwd /etc/passwd
printf 'teste\n  a test\n' >teste.dict
printf 'teste\tA\tP\n' >teste.index # from byte 0, 15 bytes
echo 'database teste { data /tmp/dict/teste.dict index /tmp/dict/teste.index }' >conf
exec dictd -dnodetach -c conf --locale C.UTF-8
