# run: run twice-random.lua --twice --progress=quiet
# exit: 3
image
jkr() {
  local status
  "$jkr" "$@" 2>said
  status=$?
  # shellcheck disable=SC2016
  sed -E 's/`[0-9a-f-]{36}`/`RANDOM`/g' said >&2
  return $status
}
