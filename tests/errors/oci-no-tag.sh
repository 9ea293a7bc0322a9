# run: plan oci-no-tag.lua -q
# exit: 7
artifact team/x "" file:x.lua
http_server
echo "return use \"oci://127.0.0.1:$port/team/x:none\" { }" >oci-no-tag.lua
