# run: ls steps a.lua b.lua
