dtc_image
base_dts >base.dts
printf '%s\n' '/dts-v1/;' '/plugin/;' '/ {' '  fragment@0 {' '    target = <&i2c0>;' '    __overlay__ { size = <1>; };' '  };' \
  '  __local_fixups__ { fragment@0 { __overlay__ { size = <1000>; }; }; };' '};' >camera.dtso
