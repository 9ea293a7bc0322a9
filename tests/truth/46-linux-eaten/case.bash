# 46: a `linux,` property eaten by cpp
#
# Where it is not told -undef, cpp has a macro `linux` with the value 1. The property of the key gets a name that no driver reads, and that is a
# good one for dtc.

# by_hand: as many a script and makefile of a vendor has it
by_hand() { cpp -nostdinc -x assembler-with-cpp keys.dts | dtc -q -@ -O dtb -o keys.dtb; }

plain() {
  by_hand
  shows 'cpp and dtc: exit 0; linux,code is now 1,code, and the key types nothing' [ "$(fdtget -p keys.dtb /gpio-keys/up | head -n 1)" = 1,code ]
}

ours() {
  by_hand
  refuses E0615 recipe.lua 'apply_to' '1,code' '/gpio-keys/up' 'linux,code'
  mend recipe.lua '"keys.dtb"' 'devicetree "keys" { "keys.dts", toolchain = gcc }'
  runs
  gives 'compiled by jkr it is linux,code' [ "$(fdtget out/more.dtb /gpio-keys/up linux,code)" = 103 ]
}
