# 48: `compatible` of the overlay does not match
#
# The overlay says which board it is for. Neither fdtoverlay nor a boot loader compares that; the label is there, on other pins.

prepare() { cp "$TRUTH/board/board.dts" .; }

plain() {
  dtc -q -@ -O dtb -o board.dtb board.dts
  dtc -q -@ -O dtb -o camera.dtbo camera.dtso
  fdtoverlay -i board.dtb -o out.dtb camera.dtbo
  shows 'fdtoverlay: exit 0; the camera of carrier-2 is on carrier-1' [ "$(fdtget out.dtb /i2c@3000 status)" = okay ]
}

ours() {
  refuses E0611 recipe.lua '"camera.dtso"' 'is for acme,carrier-2' 'acme,carrier-1'
  mend camera.dtso acme,carrier-2 acme,carrier-1
  runs
  gives 'one that is for this board is applied' [ "$(fdtget out/with.dtb /i2c@3000 status)" = okay ]
}
