dtc_image
printf '%s\n' '/dts-v1/;' '/plugin/;' '#ifdef BUILDOVERLAY' '&i2c0 { status = "okay"; };' '#else' '/ { };' '#endif' >camera.dtso
