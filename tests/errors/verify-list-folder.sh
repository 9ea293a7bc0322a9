# run: verify out --root .
mkdir out
