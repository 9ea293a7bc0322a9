# run: new board pump --from-config running.config
echo CONFIG_A=y >running.config
