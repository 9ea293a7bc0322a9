dtc_image
printf '%s\n' '/dts-v1/;' '#include <dt-bindings/gpio/gpio.h>' '/ { };' >base.dts
