-- run: check oci-address.lua
return use "oci://registry.example.org//x.lua" { }
