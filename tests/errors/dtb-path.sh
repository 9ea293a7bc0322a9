dtc_image
base_dts >base.dts
printf '%s\n' '/dts-v1/;' '/plugin/;' '&i2c0 {' '  camera { link = <&{/i2c@0}>; };' '};' >camera.dtso
