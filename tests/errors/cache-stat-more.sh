# run: cache stat all
