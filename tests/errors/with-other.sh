# run: run with-other.lua --with src=mine
mkdir -p mine/.git
printf 'recipe /x.lua\nstep driver\nepoch 1\n' >mine/.git/jkr
