# run: pull
# exit: 7
artifact team/x "" file:x.lua
http_server
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x@sha256:$(printf %064d 0)" -q; }
