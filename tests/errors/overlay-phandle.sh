blob board.dtb '/dts-v1/; / { interrupt-parent = <&pic>; pic: pic { }; i2c0: i2c { }; };'
printf '%s\n' '/dts-v1/; /plugin/; / { fragment@0 { target = <&pic>; mine: __overlay__ { }; };' \
  'fragment@1 { target = <&i2c0>; __overlay__ { x = <&mine>; }; }; };' | dtc -q -O dtb -o phandle.dtbo -
blob label.dtbo '/dts-v1/; /plugin/; &i2c0 { pic: cam { }; };'
