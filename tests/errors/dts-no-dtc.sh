image
printf '%s\n' '/dts-v1/;' '/ { };' >base.dts
