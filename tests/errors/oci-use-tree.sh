# run: plan oci-use-tree.lua -q
# exit: 1
artifact team/x "" file:x.lua
http_server
echo "return use \"oci://127.0.0.1:$port/team/x:1\" { }" >oci-use-tree.lua
