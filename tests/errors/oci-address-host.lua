-- run: check oci-address-host.lua
return use "oci://user@host/team/x" { }
