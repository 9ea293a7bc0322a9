-- run: run run-kconfig-warns.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
-- what conf prints with KCONFIG_WERROR
local src = write "src" {
  path = "Makefile",
  text = [[
olddefconfig:
	@echo "  HOSTCC  scripts/kconfig/conf.o"
	@echo "drivers/metis/Kconfig:9:warning: choice value used outside its choice group"
	@echo ".config:12:warning: symbol value 'x' invalid for CMA_SIZE_MBYTES"
	@echo "#"; echo "# configuration written to .config"; echo "#"; exit 1
]],
}
return make_in_container "config" { src, toolchain = img, targets = { "olddefconfig" }, outputs = { ".config" } }
