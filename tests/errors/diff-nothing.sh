# run: diff notes.txt out --kind config
printf 'what the board needs\n' >notes.txt
mkdir out && printf 'CONFIG_A=y\n' >out/config-6.1
