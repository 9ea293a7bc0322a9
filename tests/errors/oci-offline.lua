-- run: plan oci-offline.lua --offline
-- exit: 5
return use "oci://127.0.0.1:1/team/x:v1" { }
