-- run: plan project-link-out.lua
return copy "firmware" { "firmware.bin" }
