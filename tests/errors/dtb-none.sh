dtc_image
overlay_of i2c0 >camera.dtso
