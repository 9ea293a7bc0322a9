blob board.dtb '/dts-v1/; / { compatible = "acme,carrier-1", "acme,soc"; i2c0: i2c { }; };'
blob camera.dtbo '/dts-v1/; /plugin/; / { compatible = "acme,carrier-2"; }; &i2c0 { status = "okay"; };'
