# run: new board pump --from-config running.config
