# run: run board.lua --loked
