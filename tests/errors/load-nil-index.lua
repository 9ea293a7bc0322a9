local board = nil
return board.name
