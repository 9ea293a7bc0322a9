# 52: a phandle clash
#
# The overlay puts a label on its own fragment and refers to that. libfdt (before 1.7.1, as in Debian 12 and in most boot loaders) then gives
# the node of the base a new number, and whatever the base itself said about it leads nowhere.

prepare() { cp "$TRUTH/board/board.dts" .; }

plain() {
  dtc -q -@ -O dtb -o board.dtb board.dts
  dtc -q -O dtb -o sensor.dtbo sensor.dtso
  fdtoverlay -i board.dtb -o out.dtb sensor.dtbo
  shows 'fdtoverlay: exit 0; the interrupt-parent of all other devices is no node any more' \
    [ "$(fdtget out.dtb / interrupt-parent)" != "$(fdtget out.dtb /interrupt-controller@1000 phandle)" ]
}

ours() {
  refuses E0613 recipe.lua '"sensor.dtso"' '/interrupt-controller@1000' 'leads nowhere' 'refer to it as `&intc`'
  mend sensor.dtso 'pic: __overlay__' '__overlay__'
  mend sensor.dtso '<&pic>' '<&intc>'
  runs
  gives 'with the label of the base all lead there' \
    [ "$(fdtget out/with.dtb / interrupt-parent)" = "$(fdtget out/with.dtb /interrupt-controller@1000 phandle)" ]
}
