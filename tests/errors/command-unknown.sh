# run: biuld board.lua
