cp "$top"/examples/files/greeting/* .
sed -i 's/(quilt)/(git)/' greeting_1.0-1.dsc
