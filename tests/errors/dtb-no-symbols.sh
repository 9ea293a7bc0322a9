dtc_image
base_dts >base.dts
overlay_of i2c0 >camera.dtso
