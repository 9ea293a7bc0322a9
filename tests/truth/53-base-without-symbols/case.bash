# 53: a base without __symbols__
#
# dtc keeps labels only where it is told -@, which kernels do for few boards. Everything compiles; no overlay will ever be applied.

prepare() { cp "$TRUTH/board/board.dts" .; }

plain() {
  dtc -q -O dtb -o board.dtb board.dts
  dtc -q -@ -O dtb -o sensor.dtbo sensor.dtso
  no fdtoverlay -i board.dtb -o out.dtb sensor.dtbo 2>errors
  shows 'dtc: exit 0 for both; fdtoverlay says FDT_ERR_NOTFOUND, as for a wrong label' grep -q FDT_ERR_NOTFOUND errors
}

ours() {
  refuses E0604 recipe.lua '"sensor.dtso"' '__symbols__' 'dtc -@'
  mend recipe.lua ', symbols = false' ''
  runs
  gives 'with symbols it is applied' [ "$(fdtget out/with.dtb /i2c@3000/sensor@48 compatible)" = acme,sensor ]
}
