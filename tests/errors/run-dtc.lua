-- run: run run-dtc.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local script = [[
printf '/dts-v1/;\n/ { a = <&i2c9>; };\n' >board.dts
dtc -q -o board.dtb board.dts && exit
echo 1; echo 2; echo 3; exit 1]]
return run_in_container "tree" { "sh", "-ec", script, toolchain = img }
