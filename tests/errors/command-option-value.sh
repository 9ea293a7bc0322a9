# run: run board.lua -j many
