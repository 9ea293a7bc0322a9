# run: check load-long.lua
head -c 1100000 /dev/zero | tr '\0' ' ' >load-long.lua
