# run: decode oops.txt System.map
cp "$top"/examples/files/oops/* .
sed -i -E 's/(board|platform)_probe/other/; /\[</d' oops.txt
