cp "$top"/examples/files/greeting/* .
cp greeting_1.0-1.dsc other_2.dsc
