dtc_image
{ printf '%s\n' '#define FILE "/proc/self/environ"' '#include FILE'; base_dts; } >base.dts
