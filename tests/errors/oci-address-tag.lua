-- run: check oci-address-tag.lua
return use "oci://host/team/x:.v1" { }
