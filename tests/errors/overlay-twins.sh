blob board.dtb '/dts-v1/; / { i2c0: i2c { #address-cells = <1>; #size-cells = <0>; eeprom@50 { reg = <0x50>; }; spare@51 { reg = <0x51>; status = "disabled"; }; }; };'
blob rom.dtbo '/dts-v1/; /plugin/; &i2c0 { rom@50 { reg = <0x50>; }; rom@51 { reg = <0x51>; }; };'
blob cam.dtbo '/dts-v1/; /plugin/; &i2c0 { cam@10 { reg = <0x10>; }; };'
blob lens.dtbo '/dts-v1/; /plugin/; &i2c0 { lens@c { reg = <0xc 0x10>; }; };'
