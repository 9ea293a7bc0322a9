# run: new board pump
