dtc_image
printf '%s\n' '/dts-v1/;' '/ {' '  model = "board"' '};' >base.dts
