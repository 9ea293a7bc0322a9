# run: check orin-nxrt
mkdir recipes
echo >recipes/orin-nx-rt.lua
