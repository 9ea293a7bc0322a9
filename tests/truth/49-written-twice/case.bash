# 49: two overlays write one property
#
# Each is right by itself. A loader applies them one after the other, and the last one's value stays.

prepare() { cp "$TRUTH/board/board.dts" .; }

plain() {
  dtc -q -@ -O dtb -o board.dtb board.dts
  for overlay in camera slow; do dtc -q -@ -O dtb -o $overlay.dtbo $overlay.dtso; done
  fdtoverlay -i board.dtb -o out.dtb camera.dtbo slow.dtbo
  shows 'fdtoverlay: exit 0; the bus of the camera has the speed of the other overlay' [ "$(fdtget out.dtb /i2c@3000 clock-frequency)" = 100000 ]
}

ours() {
  refuses E0612 recipe.lua 'slow, base' camera.dtbo slow.dtbo 'clock-frequency' '<0x61a80>, then <0x186a0>'
  mend slow.dtso $'\tclock-frequency = <100000>;\n' ''
  runs
  gives 'where only one of them writes it, both go on' [ -e out/camera.dtbo ]
}
