# run: decode oops.txt System.map
cp "$top"/examples/files/oops/* .
echo 'ffff800080010000 d data' >System.map
