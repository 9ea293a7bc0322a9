# 51: warnings of dtc that matter
#
# dtc only warns of entries of `reg` that do not fit their bus, and says nothing with -q, which silences a thousand harmless ones; -f makes even a label
# of two nodes pass. In an overlay it does not know the bus, and takes
# two cells and one.

prepare() { cp "$TRUTH/board/board.dts" .; }

# three_cells: one cell too many for an address and a size of one each
three_cells() { sed -i 's/reg = <0x2000 0x100>/reg = <0x2000 0x100 0x0>/' board.dts; }

plain() {
  three_cells
  dtc -q -@ -O dtb -o board.dtb board.dts
  shows 'dtc -q: exit 0; reg of the serial line is no address and size' [ "$(fdtget -t x board.dtb /serial@2000 reg)" = '2000 100 0' ]
  sed 's/uart0:/i2c1:/' board.dts >label.dts
  dtc -q -f -@ -O dtb -o label.dtb label.dts || true
  shows 'with -f: a blob for a label of two nodes' [ -s label.dtb ]
  dtc -q -@ -O dtb -o timer.dtbo timer.dtso
  fdtoverlay -i board.dtb -o out.dtb timer.dtbo
  shows 'fdtoverlay: exit 0; the timer has an address of two cells on a bus of one' [ "$(fdtget -t x out.dtb /bus@8000/timer@400 reg)" = '0 400 10' ]
}

ours() {
  cp board.dts good.dts
  three_cells
  refuses E0601 recipe.lua '"board.dts"' 'board.dts:17' 'reg_format' '/serial@2000:reg'
  sed 's/uart0:/i2c1:/' good.dts >board.dts
  refuses E0601 recipe.lua '"board.dts"' 'duplicate_label'
  cp good.dts board.dts
  refuses E0614 recipe.lua '"timer.dtso"' '/bus@8000/timer@400' '#address-cells 1'
  mend timer.dtso '<0x0 0x400 0x10>' '<0x400 0x10>'
  runs
  gives 'with one cell each it is right' [ "$(fdtget -t x out/with.dtb /bus@8000/timer@400 reg)" = '400 10' ]
}
