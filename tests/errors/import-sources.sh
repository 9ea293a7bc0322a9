# run: import evil.tar.zst
# exit: 1
mkdir evil
printf '# jkr sources 1\n# recipe r.lua\n%064d  r.lua\n' 0 >evil/jkr-sources
echo 'return 1' >evil/r.lua
tar --zstd -cf evil.tar.zst --no-recursion evil evil/jkr-sources evil/r.lua
rm -r evil
