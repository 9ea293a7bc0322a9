# run: check trusted-key.lua
printf '%s\n' 'name: board' 'trusted_keys:' '  - ssh-rsa AAAAB3NzaC1yc2E= somebody' >jkr.yaml
echo 'return write { path = "a", text = "b" }' >trusted-key.lua
