#!/usr/bin/env bats
# What `make install` puts away works from there, by itself.

load helper

install_jkr() {
  make -s -C "$BATS_TEST_DIRNAME/../.." install PREFIX=/usr DESTDIR="$work/dest" >/dev/null
  export JKR=$work/dest/usr/bin/jkr
}

@test "an installed recipe loads with all that it names" {
  install_jkr
  jkr check qemu-arm64-rt.lua
  [ -s "$work/dest/usr/share/man/man1/jkr.1" ]
}

@test "links are installed as links: a service that is off stays off" {
  install_jkr
  units=$work/dest/usr/share/jkr/recipes/orin-nx-rt/rootfs/etc/systemd/system
  for unit in nvzramconfig packagekit; do [ "$(readlink "$units/$unit.service")" = /dev/null ]; done
  [ -s "$units/nv.service.d/10-timeout.conf" ]
}

@test "the pins of an installed recipe are kept where jkr runs" {
  install_jkr
  share=$work/dest/usr/share/jkr
  cat >"$share/recipes/pins.lua" <<'LUA'
recipe "pins" { version = "1", license = "MIT", summary = "an input left open" }
return fetch "f" { file = "f", get = "ask for it" }
LUA
  echo x >"$share/recipes/f"
  chmod -R a-w "$share"
  run jkr run pins.lua
  echo "$output"
  [ "$status" = 0 ]
  [ -s jkr.lock ]
  [ ! -e "$share/jkr.lock" ]
}
