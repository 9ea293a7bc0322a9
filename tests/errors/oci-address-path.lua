-- run: check oci-address-path.lua
return use "oci://host/team/x//../y.lua" { }
