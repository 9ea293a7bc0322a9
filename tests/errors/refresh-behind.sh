# run: refresh refresh-behind.lua src mine -q
# exit: 1
mkdir patches
printf "%s\n" "--- /dev/null" "+++ b/c" "@@ -0,0 +1 @@" "+c" >patches/c.patch
echo c.patch >patches/series
checkout_of refresh-behind.lua
echo c >>mine/a
