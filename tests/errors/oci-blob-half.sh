# run: pull
# exit: 1
artifact team/x "del m['layers'][0]['size']" file:x.lua
http_server
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x:1" -q; }
