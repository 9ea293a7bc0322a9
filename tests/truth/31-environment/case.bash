# 31: another environment
#
# A colleague, or the CI, builds the same: with another locale, time zone, umask, home, host name and user.

# elsewhere COMMAND…: the same command, by somebody else on another machine
elsewhere() {
  (
    umask 077
    export TZ=Asia/Tokyo HOME=/tmp LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 CFLAGS=-O0 COLUMNS=20 USER=ci LOGNAME=ci
    # shellcheck disable=SC2016
    unshare -Uru sh -c 'hostname elsewhere && exec unshare -U --map-user=1234 --map-group=1234 "$@"' sh "$@"
  )
}

plain() {
  sh src/build.sh
  mv board.tar here.tar
  elsewhere sh src/build.sh
  shows 'the same script: exit 0 twice, and other bytes: owner, modes, names in them' no cmp -s here.tar board.tar
}

ours() {
  runs
  mv out/board.tar here.tar
  rm said
  elsewhere "$JKR" run --fresh recipe.lua -o out -q
  gives 'built anew elsewhere, the bytes are equal' cmp here.tar out/board.tar
}
