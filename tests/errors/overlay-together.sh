blob board.dtb '/dts-v1/; / { i2c0: i2c { speed = <0>; }; };'
blob a.dtbo '/dts-v1/; /plugin/; &i2c0 { status = "okay"; speed = <0>; mux: mux { model = "a"; }; };'
blob same.dtbo '/dts-v1/; /plugin/; &i2c0 { status = "okay"; }; &mux { cells = <3>; };'
blob b.dtbo '/dts-v1/; /plugin/; &i2c0 { status = "disabled"; speed = <1>; mux { model = "b"; }; };'
