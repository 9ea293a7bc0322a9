# run: run with-gone.lua --with src=../gone
:
