# run: refresh refresh-plain.lua src mine -q
mkdir mine
