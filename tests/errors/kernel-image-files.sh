echo >a
echo >b
