-- run: run file-check-forbidden.lua -q
-- exit: 3
local t = tree "t" {
  write { path = "etc/ssh/ssh_host_rsa_key", text = "secret\n" },
  write { path = "etc/ssh/ssh_host_ed25519_key", text = "secret\n" },
}
file_check "host-keys" { t, absent = "etc/ssh/ssh_host_*" }
return t
