# run: check import-unsigned.lua -q
# exit: 3
git_repository bsp
echo 'trusted_keys: [RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3]' >jkr.yaml
echo "return use \"git+file://$PWD/bsp//part.lua\" { }" >import-unsigned.lua
