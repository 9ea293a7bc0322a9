-- run: check oci-address-digest.lua
return use "oci://host/team/x@sha256:12" { }
