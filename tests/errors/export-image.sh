# run: export export-image.lua --sources -q
apt_stub
echo 'return image "tools" { suite = "bookworm", packages = { "make" } }' >export-image.lua
