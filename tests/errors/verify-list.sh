# run: verify list.sha256 --root .
printf '%064d  one\nnot a line\n' 0 >list.sha256
