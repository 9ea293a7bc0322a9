# run: diff missing.tar cut.tar
# exit: 1
printf cut >cut.tar
cp cut.tar missing.tar
