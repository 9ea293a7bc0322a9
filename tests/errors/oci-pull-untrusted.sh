# run: pull
# exit: 3
artifact team/x "c['minisig'] = 'x'" file:x.lua
http_server
echo 'trusted_keys: [RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3]' >jkr.yaml
jkr() { "$jkr" pull "oci://127.0.0.1:$port/team/x:1" -q; }
