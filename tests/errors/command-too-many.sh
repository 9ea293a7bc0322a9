# run: import a b of it
