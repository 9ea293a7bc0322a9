# run: new recipe pump
echo 'mine' >pump.lua
