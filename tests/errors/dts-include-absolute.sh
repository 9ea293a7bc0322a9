dtc_image
{ printf '%s\n' '#include "/dev/zero"'; base_dts; } >base.dts
