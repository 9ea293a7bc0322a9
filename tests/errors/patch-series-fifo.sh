mkfifo series
