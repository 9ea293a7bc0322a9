cp "$top"/examples/files/greeting/* .
echo '<html>' >greeting_1.0-1.dsc
