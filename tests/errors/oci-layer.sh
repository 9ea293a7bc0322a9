# run: pull
# exit: 1
artifact team/x "m['layers'][0]['mediaType'] = 'text/plain'" file:x.lua
http_server
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x:1" -q; }
