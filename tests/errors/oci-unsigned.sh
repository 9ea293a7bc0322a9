# run: plan oci-unsigned.lua -q
# exit: 3
artifact team/x "" file:x.lua
http_server
echo "return use \"oci://127.0.0.1:$port/team/x:1\" { }" >oci-unsigned.lua
echo "trusted_keys: [RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3]" >jkr.yaml
