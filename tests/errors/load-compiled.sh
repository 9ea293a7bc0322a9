# run: check load-compiled.lua
printf '\033Lua\124\0' >load-compiled.lua
