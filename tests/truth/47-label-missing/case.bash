# 47: an overlay's label that the base does not have
#
# The compiler does not see the base. What loads the overlay finds no such label, says so on a serial line that nobody reads, and goes on without
# the overlay.

prepare() { cp "$TRUTH/board/board.dts" .; }

plain() {
  dtc -q -@ -O dtb -o board.dtb board.dts
  dtc -q -@ -O dtb -o sensor.dtbo sensor.dtso
  no fdtoverlay -i board.dtb -o out.dtb sensor.dtbo 2>errors
  shows 'dtc -@: exit 0; fdtoverlay, where anybody runs it, says FDT_ERR_NOTFOUND and no name' \
    sh -c 'grep -q FDT_ERR_NOTFOUND errors && ! grep -q i2c2 errors'
}

ours() {
  refuses E0605 recipe.lua '"sensor.dtso"' 'i2c2' 'sensor.dtso:4' 'has `i2c1`'
  mend sensor.dtso '&i2c2' '&i2c1'
  runs
  gives 'with the label that it has, it is on the bus' [ "$(fdtget out/with.dtb /i2c@3000/sensor@48 compatible)" = acme,sensor ]
}
