local boards = { "orin", 3, "xavier" }
table.sort(boards)
