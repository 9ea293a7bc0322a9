# run: pull
# exit: 1
artifact team/x "" file:x.lua
echo >>"v2/team/x/manifests/$digest"
http_server
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x@$digest" -q; }
