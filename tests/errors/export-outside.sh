# run: export export-outside.lua --sources -q --plugin team/fan
mkdir -p team/fan project && echo 'name: fan' >team/fan/plugin.yaml && echo 'return { }' >team/fan/plugin.lua
cd project && touch jkr.yaml
echo 'local p = plugins { } return tree { write { path = "a", text = "b" }, p.post_build }' >export-outside.lua
jkr() { command "$jkr" export export-outside.lua --sources -q --plugin ../team/fan; }
