# run: import evil.tar.zst
# exit: 1
mkdir evil
printf '# jkr sources 1\n# recipe r.lua\n%064d  jkr-sources\n' 0 >evil/jkr-sources
tar --zstd -cf evil.tar.zst --no-recursion evil evil/jkr-sources
rm -r evil
