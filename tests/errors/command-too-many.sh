# run: cache stat all of it
