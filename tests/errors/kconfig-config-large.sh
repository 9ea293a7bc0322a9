truncate -s 100M config
