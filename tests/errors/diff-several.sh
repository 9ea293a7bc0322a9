# run: diff one.config out
printf 'CONFIG_A=y\n' >one.config
mkdir -p out/boot && cp one.config out/boot/config-6.1 && cp one.config out/boot/config-6.12
