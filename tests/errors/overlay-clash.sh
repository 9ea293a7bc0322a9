blob clash.dtb '/dts-v1/; / { pic: pic { phandle = <1>; }; i2c0: i2c { phandle = <1>; }; };'
blob phandle.dtbo '/dts-v1/; /plugin/; &i2c0 { status = "okay"; };'
