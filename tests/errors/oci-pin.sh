# run: plan oci-pin.lua
echo 'return use "oci://127.0.0.1:1/team/x:v1" { }' >oci-pin.lua
echo '{"version": 1, "inputs": {"use:oci://127.0.0.1:1/team/x#v1": {"pin": "sha256:12 tree:12"}}}' >jkr.lock
