# run: run overlay-check.lua -q
# exit: 3
printf '/dts-v1/;\n/ { a { }; };\n' | dtc -q -I dts -O dtb -o empty.dtbo -
base_dts | dtc -q -@ -I dts -O dtb -o board.dtb -
overlay_of i2c1 | dtc -q -@ -I dts -O dtb -o camera.dtbo -
