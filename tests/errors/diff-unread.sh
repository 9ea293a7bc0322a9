# run: diff large.config large.config
truncate -s 17M large.config
