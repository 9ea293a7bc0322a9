# run: run with-mark.lua --with src=mine
mkdir -p mine/.git
echo torn >mine/.git/jkr
