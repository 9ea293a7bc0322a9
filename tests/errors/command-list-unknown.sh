# run: ls boards
