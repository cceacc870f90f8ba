# shellcheck shell=sh disable=SC2154
# Does the adapter keep to the stable ABI of 3.11? Asked with the headers of each Python that
# has it (a free-threaded one has none); a compile check, no module is made.
limited() {
  configure "limited-$2" -DNSK_PYTHON=ON -DNSK_WERROR=ON "-DPython_EXECUTABLE=$1" &&
    cmake --build "$built" --target limited_api -- --quiet &&
    note "compiled, not linked"
}
. scripts/matrix/pythons.sh
pythons | grep ' headers ' | awk '$1 >= "3.11" && $2 !~ /t$/' >"$work/limited"
if [ -n "$quick" ]; then
  sed -n '$p' "$work/limited" >"$work/limited.last"
  mv "$work/limited.last" "$work/limited"
fi
[ -s "$work/limited" ] || absent "limited API 3.11" - "no Python from 3.11 on has headers here"
while read -r _ version _ program <&3; do
  attempt "limited API 3.11" "$version" limited "$program" "$version"
done 3<"$work/limited"
