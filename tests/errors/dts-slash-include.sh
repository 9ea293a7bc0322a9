dtc_image
printf '%s\n' '/dts-v1/;' '/include/ "/etc/passwd"' >base.dts
