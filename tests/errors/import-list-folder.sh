# run: import evil.tar.zst
# exit: 1
mkdir -p evil/d
printf '# jkr sources 1\n# recipe r.lua\n%064d  d\n' 0 >evil/jkr-sources
tar --zstd -cf evil.tar.zst --no-recursion evil evil/jkr-sources evil/d
rm -r evil
