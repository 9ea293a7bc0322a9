blob board.dtb '/dts-v1/; / { i2c0: i2c { #address-cells = <1>; #size-cells = <0>; }; soc: soc { #address-cells = <1>; #size-cells = <1>; }; };'
blob reg.dtbo '/dts-v1/; /plugin/; &soc { timer@400 { reg = <0 0x400 0x10>; }; };'
blob bus.dtbo '/dts-v1/; /plugin/; &soc { i2c@500 { reg = <0x500 0x10>; cam@10 { reg = <0x10>; }; }; };'
