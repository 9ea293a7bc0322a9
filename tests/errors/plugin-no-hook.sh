mkdir team
echo 'name: team' >team/plugin.yaml
echo 'return { post_extract = { write { path = "x", text = "a" } }, post_build = { { write { path = "y", text = "a" } } } }' >team/plugin.lua
