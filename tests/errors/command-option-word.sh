# run: run board.lua --progress=fancy
