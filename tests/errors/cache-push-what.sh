# run: cache push
