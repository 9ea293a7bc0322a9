-- run: run run-fdtoverlay.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local script = [[
printf '/dts-v1/;\n/ { i2c0: i2c@0 { }; };\n' >base.dts
printf '/dts-v1/;\n/plugin/;\n&i2c9 { status = "okay"; };\n' >camera.dts
dtc -q -@ -o base.dtb base.dts
dtc -q -@ -o camera.dtbo camera.dts
fdtoverlay -i base.dtb -o both.dtb camera.dtbo && exit
echo 1; echo 2; echo 3; exit 1]]
return run_in_container "apply" { "sh", "-ec", script, toolchain = img }
