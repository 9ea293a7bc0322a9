# run: refresh refresh-series.lua src mine -q
checkout_of refresh-series.lua
echo c >>mine/a
mkdir -p patches/src/series
