# run: diff out out
mkdir -p out/boot && touch out/boot/config-6.1 out/boot/config-6.12
