dtc_image
overlay_of i2c0 >camera.dtso
echo 'not a blob' >base.dtb
