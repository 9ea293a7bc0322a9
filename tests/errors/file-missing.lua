copy "dts" { "parameters/baord.dts" }
