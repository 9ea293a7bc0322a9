# run: decode README System.map
cp "$top"/examples/files/oops/* .
echo nothing >README
