dtc_image
base_dts >base.dts
overlay_of i2c1 >camera.dtso
