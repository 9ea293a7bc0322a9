# run: -C build plan board.lua
