# run: diff out out
mkdir -p out/boot
