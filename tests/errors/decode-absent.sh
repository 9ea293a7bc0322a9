# run: decode none.txt System.map
cp "$top"/examples/files/oops/* .
