# run: verify batch-07.sha256 --root .
# exit: 3
echo other >a
printf '%064d  a\n' 0 >batch-07.sha256
