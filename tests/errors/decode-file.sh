# run: decode oops.txt README
cp "$top"/examples/files/oops/* .
echo nothing >README
