# run: verify not-there
