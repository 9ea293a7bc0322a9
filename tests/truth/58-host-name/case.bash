# 58: the name of the machine
#
# Kernels tell who built them where, and scripts do the same. The colleague's machine has another name.

# on NAME COMMAND…: the same on a machine of that name
on() {
  # shellcheck disable=SC2016
  unshare -Uru sh -c 'hostname "$1" && shift && exec "$@"' sh "$@"
}

plain() {
  on one sh src/build.sh . && mv built-by first
  on two sh src/build.sh .
  shows 'the same script on two machines: exit 0, and other bytes' no cmp -s first built-by
}

ours() {
  lints src/build.sh 'uname -r' "the machine's name" 'leave out host, user and running kernel'
  gives 'the name itself is only noted' grep -q '^note: src/build.sh:4: `uname -n`: .* it is `jkr` in every sandbox' said
  mend src/build.sh ' under $(uname -r)' ''
  clean
  on one "$JKR" run recipe.lua -o out -q
  mv out/built-by first
  on two "$JKR" run --fresh recipe.lua -o out -q
  gives 'built on machines of two names it is equal' cmp first out/built-by
}
