# run: decode oops.txt empty
cp "$top"/examples/files/oops/* .
mkdir empty
