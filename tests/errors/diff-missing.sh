# run: diff missing.dtb out
mkdir out
