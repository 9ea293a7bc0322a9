# run: pull
# exit: 7
artifact team/x "m['layers'][0]['digest'] = 'sha256:' + '0' * 64" file:x.lua
http_server
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x:1" -q; }
