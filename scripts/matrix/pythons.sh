# shellcheck shell=sh disable=SC2154
# The Pythons of this machine.

# Rows `3.NN VERSION headers|bare PROGRAM`, the oldest first. NSK_PYTHONS adds programs.
pythons() {
  for program in "$PYTHON" ${NSK_PYTHONS-} "$HOME"/.pyenv/versions/*/bin/python3 \
    /usr/bin/python3 /usr/local/bin/python3 \
    python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 \
    python3.13t python3.14t; do
    "$program" scripts/matrix/describe.py 2>/dev/null || :
  done | sort -u
}
