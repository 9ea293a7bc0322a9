# run: plan x.lua
echo 'return write "w" { path = "a", text = "b" }' >x.lua
printf 'cache: https://ci:secret@cache.example/jkr\npeers: [cache.example, "http://ok.example"]\n' >jkr.yaml
