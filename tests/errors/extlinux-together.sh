blob board.dtb '/dts-v1/; / { i2c0: i2c { }; };'
blob a.dtbo '/dts-v1/; /plugin/; &i2c0 { status = "okay"; };'
blob b.dtbo '/dts-v1/; /plugin/; &i2c0 { status = "disabled"; };'
