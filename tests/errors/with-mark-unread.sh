# run: run with-mark-unread.lua --with src=mine
mkdir -p mine/.git/jkr
