-- run: check oci-address-name.lua
return use "oci://host/Team/x" { }
