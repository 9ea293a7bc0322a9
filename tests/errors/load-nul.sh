# run: check load-nul.lua
printf 'local a\0 = 1\n' >load-nul.lua
