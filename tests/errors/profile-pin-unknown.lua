-- run: check profile-pin-unknown.lua --profile fast
local pin = pins "pins.yaml"
return fetch "bsp" { file = pin.bsp.file }
