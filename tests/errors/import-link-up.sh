# run: import evil.tar.zst
# exit: 1
mkdir -p evil/a/b
printf '# jkr sources 1\n# recipe r.lua\n%s  f\n' "$(sha256sum </dev/null | cut -d' ' -f1)" >evil/jkr-sources
touch evil/f && ln -s ../.. evil/a/b/up && ln -s a/b/up/../secret evil/out
tar --zstd -cf evil.tar.zst --no-recursion evil evil/jkr-sources evil/f evil/a evil/a/b evil/a/b/up evil/out
rm -r evil
