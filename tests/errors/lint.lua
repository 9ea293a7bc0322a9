-- run: lint lint.lua
-- exit: 3
local image = write "image" { path = "usr/bin/sh", text = "x" }
local src = copy "src" { "src" }
write "stamp" { path = "stamp.sh", text = [[
#!/bin/sh
echo harmless # date
uuidgen >id
]] }
run_in_container "one" { "sh", "-c", "date +%s >stamp", toolchain = image }
run_in_container "two" { "sh", "build.sh", toolchain = image, on = src }
make_in_container "three" {
  src, toolchain = image, targets = { "all" }, outputs = { "a" },
  variables = { WHO = "$(shell uname -a)", NAME = "$(shell uname -n)" },
}
return kconfig_append "config" { on = src, path = "arch/defconfig", symbols = { MODULE_SIG = y } }
