# run: diff out out --kind simbols
mkdir out
