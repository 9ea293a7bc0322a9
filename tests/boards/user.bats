#!/usr/bin/env bats
# An ordinary user builds the board, from the tarballs to the audited bundle, in a store of its own. Started by check.sh, behind
# `guest`, whose bundle has to be the same bytes. Who starts this as root becomes $BOARDS_USER, or the first account of /etc/subuid.

setup_file() {
  : "${BOARDS:?started by check.sh}" "${JKR:?the program under test}"
  export user work=$BOARDS/user
  rm -rf "$work" && mkdir -p "$work/home" "$work/tmp" || return 1
  "$BATS_TEST_DIRNAME/project.sh" "$BOARDS/bsp" "$work/project" || return 1
  # the packages that the other tests were given
  [ ! -e "$BOARDS/project/jkr.lock" ] || cp "$BOARDS/project/jkr.lock" "$work/project/"
  [ "$(id -u)" = 0 ] || { user=$(id -un) && return; }
  user=${BOARDS_USER:-$(sed -n '/^root:/d; s/:.*//p' /etc/subuid | head -n 1)}
  if [ -z "$user" ] || ! chown -R "$user:" "$work"; then
    echo "which account is to build? root names one in BOARDS_USER; it has to be in /etc/subuid and /etc/subgid" >&2
    return 1
  fi
}

# as_user COMMAND …: in its project
as_user() {
  local as=()
  [ "$(id -u)" != 0 ] || as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups)
  (cd "$work/project" && "${as[@]}" env HOME="$work/home" TMPDIR="$work/tmp" NO_COLOR=1 JKR_STORE="$work/store" JKR_DOWNLOADS="$BOARDS/bsp" "$@")
}

@test "from the tarballs to the audited bundle, with nothing that only root may do" {
  [ "$(as_user id -u)" != 0 ]
  as_user "$JKR" doctor orin-nx-rt.lua --profile lookalike
  as_user "$JKR" run orin-nx-rt.lua --profile lookalike -o "$work/out" --progress plain >"$work/run.log" 2>&1 || { tail -n 30 "$work/run.log" && return 1; }
  as_user "$JKR" audit orin-nx-rt.lua --profile lookalike
  as_user "$JKR" verify "$work/out"
  [ "$(stat -c %U "$work/out/Linux_for_Tegra.tar.zst")" = "$user" ]
}

@test "the bundle is the one that others build, to the byte: owners, devices and attributes are in the tree's list" {
  for f in Linux_for_Tegra.tar.zst BUILD_MANIFEST.json batch-01.sha256; do cmp "$work/out/$f" "$BOARDS/guest/out/$f"; done
  tar --numeric-owner --zstd -tvf "$work/out/Linux_for_Tegra.tar.zst" | grep -qE '^-rwsr-xr-x 0/0 .* Linux_for_Tegra/rootfs/usr/bin/su$'
}
