# run: run
