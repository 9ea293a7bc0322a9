-- axelera: the Metis accelerator in a tree of Linux for Tegra: its symbol, patience with its PCIe link, its udev rule.
local pin      = pins "pins.yaml"
local retries  = option.int { "link_retries", 200, "How often the PCIe controller waits 90 ms for the link; stock: 10", min = 1, max = 1000 }
local in_tree  = option.bool { "in_tree", false, "Whether Kbuild builds the driver with the kernel, instead of recipes/metis.lua" }

local driver = fetch "vendor-tree" { folder = pin.driver.folder, holds = pin.driver.holds, get = pin.driver.get }
-- its patches are superseded: axl-jetson.patch raises the same number of retries to 50
local voyager = fetch "voyager-sdk" { folder = pin.voyager.folder, get = pin.voyager.get, optional = true }

local kernel = "kernel/kernel-jammy-src/"
local misc = kernel .. "drivers/misc/"

return {
  doctor = { driver, voyager },

  post_extract = {
    -- the card answers late after power-on; with the stock number of tries it is not there in one boot of five
    edit { kernel .. "drivers/pci/controller/dwc/pcie-designware.h", regex = true, already = true,
           find = "(#define[[:blank:]]+LINK_WAIT_MAX_RETRIES)[[:blank:]]+[0-9]+", replace = "\\1\t" .. retries },
    file_check "retries" { present = kernel .. "drivers/pci/controller/dwc/pcie-designware.h",
                           find = "#define[[:blank:]]+LINK_WAIT_MAX_RETRIES[[:blank:]]+([0-9]+)", is = tostring(retries) },
    -- the symbol says whether this kernel is meant for the card
    write { path = misc .. "axelera/Kconfig", text = [[
config AXELERA_METIS
	tristate "Axelera Metis PCIe accelerator"
	depends on PCI
	help
	  The driver of Axelera's Metis cards. It is built with the kernel when
	  its source is in driver/ here, else against the kernel, as a module.
]] },
    write { path = misc .. "axelera/Makefile", text = in_tree and "obj-$(CONFIG_AXELERA_METIS) += driver/\n" or "" },
    when(in_tree, copy { driver, into = misc .. "axelera/driver" }),
    edit { misc .. "Kconfig", find = "\nendmenu", before = "\nsource \"drivers/misc/axelera/Kconfig\"" },
    edit { misc .. "Makefile", find = "obj-$(CONFIG_IBM_ASM)", before = "obj-$(CONFIG_AXELERA_METIS)\t+= axelera/\n" },
  },

  post_defconfig = {
    kconfig_append { ".config", symbols = { AXELERA_METIS = m } },
  },

  pre_bundle = {
    copy { driver / pin.driver.rules, into = "rootfs/etc/udev/rules.d" },
    copy { voyager, into = "rootfs/opt/voyager-sdk", optional = true },
  },

  audit = {
    module_check "module" { folder = "rootfs", loadable = "metis" },
    file_check "udev" { present = "rootfs/etc/udev/rules.d/" .. pin.driver.rules:match("[^/]*$") },
  },
}
