# run: pull
# exit: 1
artifact team/x "" file:x.lua
for blob in v2/team/x/blobs/*; do printf '#' | dd of="$blob" conv=notrunc status=none; done
http_server
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x:1" -q; }
