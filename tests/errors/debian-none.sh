cp "$top"/examples/files/greeting/* .
