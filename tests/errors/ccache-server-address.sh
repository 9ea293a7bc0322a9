# what is no address of a web server
echo 'recipe "x" { version = "1", license = "MIT", summary = "x" } return write "w" { path = "a", text = "b" }' >x.lua
jkr() { "$jkr" run x.lua --ccache-server ftp://cache/ccache; }
