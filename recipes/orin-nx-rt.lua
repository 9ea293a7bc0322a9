-- orin-nx-rt.lua: Jetson Orin NX 16 GB (p3767-0000 on p3768), L4T R36.4.3, PREEMPT_RT, ZED X cameras, Metis accelerator:
-- from the tarballs that a person stages to Linux_for_Tegra, ready to flash
recipe "orin-nx-rt" { version = "1", license = "GPL-2.0-only", summary = "Orin NX, L4T R36.4.3, PREEMPT_RT, ZED X, Metis" }

-- 1. what can be chosen
local module       = option.choice { "module", { "p3767-0000", "p3767-0001", "p3767-0003", "p3767-0004" }, "NX 16 GB, NX 8 GB, Nano 8 GB, Nano 4 GB" }
local rt           = option.bool   { "rt", true, "PREEMPT_RT instead of PREEMPT" }
local camera       = option.choice { "camera", { "mono", "duo", "none" }, "The ZED Link capture card" }
local metis        = option.choice { "metis", { "module", "in-tree", "none" }, "The Metis driver: built outside the kernel, with it, not at all" }
local dmabuf       = option.bool   { "dmabuf", true, "Buffers shared from camera to accelerator without a copy" }
local isolated     = option.string { "isolated_cores", "1-5", "Cores that the kernel leaves alone; empty for none", matches = "[0-9,-]*" }
local retries      = option.int    { "link_retries", 200, "PCIe link retries before the Metis counts as absent", min = 10, max = 1000 }
local cma          = option.int    { "cma_size", 2048, "Memory for devices that need it in one piece, in MB", min = 512, max = 8192 }
local storage      = option.choice { "storage", { "nvme0n1p1", "mmcblk0p1", "sda1" }, "The device that holds the root file system" }
local localversion = option.string { "localversion", rt and "-rt-tegra" or "-preempt-tegra",
                                     "What follows the kernel's version. -tegra shares lib/modules with NVIDIA's own kernel, and is overwritten by it",
                                     matches = "[A-Za-z0-9._-]*" }
local route        = option.choice { "route",   { "direct", "registered" }, "The camera's overlay compiled by itself, or by NVIDIA's makefile" }
local with_initrd  = option.bool   { "initrd", false, "Whether the modules in an initrd that the root file system brings are replaced" }
local compilers    = option.string { "toolchain", "bootlin-aarch64-2022.08", "The compilers: a file of toolchains/" }
local batch        = option.string { "batch", "batch-01", "What this delivery is called: the name of its list of checksums" }

-- 2. what goes in
local pin     = pins "orin-nx-rt/pins.yaml"
local get     = "download it from " .. pin.l4t.page .. " (NVIDIA asks for a login)"
local bsp     = fetch "bsp" { file = pin.bsp.file, sha256 = pin.bsp.sha256, get = get }
local sample  = fetch "sample-rootfs" { file = pin.rootfs.file, sha256 = pin.rootfs.sha256, get = get }
local public  = fetch "public-sources" { file = pin.sources.file, sha256 = pin.sources.sha256, get = get }
local radio   = fetch "firmware" { folder = "firmware", holds = "iwlwifi", optional = true,
                                   get = "put iwlwifi-ty-* for an AX210 into firmware/iwlwifi; without it the root file system's own counts" }
local gcc     = toolchain(compilers)
local drivers = plugins {
  when(metis ~= "none", plugin { "axelera", link_retries = retries, in_tree = metis == "in-tree" }),
  plugin { "zedx", camera = camera },
}

-- 3. sources: unpacked, patched, drivers injected
local unpacked   = l4t_source "unpacked" { public }
local rt_patches = rt and pin.l4t.rt_patches and patch { unpacked / (pin.l4t.kernel .. "/" .. pin.l4t.rt_patches), into = pin.l4t.kernel }
local src = tree "source" {
  unpacked,
  when(rt_patches, rt_patches),
  edit { "hardware/nvidia/t23x/nv-public/tegra234-p3768-0000.dtsi", find = "phys = <&p2u_hsio_3>;",
         before = "vpcie3v3-supply = <&vdd_3v3_pcie>;\n\n\t\t" }, -- power for the Metis' slot
  drivers.post_extract,
}

-- 4. configuration: NVIDIA's defconfig and what is asked for; every symbol is checked before anything is compiled
local asked = tree "asked" {
  kconfig_append { ".config", symbols = {
    fragment "orin-nx-rt/core.config",
    when(isolated ~= "", fragment "orin-nx-rt/low-jitter.config"),
    when(dmabuf, fragment "orin-nx-rt/dmabuf.config"),
    when(rt, fragment "orin-nx-rt/rt.config"),
    CMA_SIZE_MBYTES = cma,
  } },
  drivers.post_defconfig,
}

-- 5. kernel, NVIDIA's modules, device trees
local linux = kernel "linux" { src / pin.l4t.kernel, toolchain = gcc, localversion = localversion, config = { asked / ".config" } }
local oot   = l4t_modules "oot" { src, kernel = linux, rt = rt }
local dt    = l4t_dtbs "dt" { src, kernel = linux, defines = when(camera ~= "none", { BUILDOVERLAY = "" }) }

-- 6. the vendors' drivers, as recipes that also run alone
local base   = "tegra234-p3768-0000+" .. module .. "-nv"
local card   = metis == "module" and use "metis.lua" { kernel = linux }
local zedx   = camera ~= "none" and use "zedx.lua" { kernel = linux, oot = oot, dt = dt, camera = camera, route = route, base = base }

-- 7. what the target finds: modules with their indexes, headers that it can build with; nothing that could not be loaded
local all     = { linux.modules, oot, when(card, card and card.modules), when(zedx, zedx and zedx.modules) }
local built   = tree "built" { copy { all }, drivers.post_build }
local modules = depmod "modules" { built, kernel = linux, replaces = pin.replaces }
local headers = kernel_headers "headers" { linux }
vermagic_check "loadable" { all, kernel = linux, symbols = true, symvers = { linux.devel / "Module.symvers", oot.symvers },
                          replaces = pin.replaces }

-- 8. bake: BSP and root file system as NVIDIA ships them, then what is ours on top; owners are kept in the tree, so nobody is root
local boot = {
  fdt = "/boot/dtb/kernel_" .. base .. ".dtb", overlays = { when(zedx, zedx and "/boot/" .. zedx.dtbo) },
  args = { "root=/dev/" .. storage, "rootwait", "rootfstype=ext4", "pcie_aspm=off",
           when(isolated ~= "", { "nohz_full=" .. isolated, "isolcpus=" .. isolated, "rcu_nocbs=" .. isolated, "irqaffinity=0" }) },
}
local function menu(path) -- never cma=: the GPU gets no memory then
  return extlinux { path, fdt = boot.fdt, overlays = boot.overlays, args = boot.args,
                    without = { "nohz_full", "isolcpus", "rcu_nocbs", "irqaffinity", "cma" } }
end
local overlays = { when(zedx, zedx and zedx.overlay) }
local trees = tree "device-trees" { copy { dt.dtbs }, when(zedx, zedx and copy { overlays }) } -- by the route that was asked for
local shipped = tree "shipped" {
  untar { bsp, strip = 1, rootfs = true },
  untar { sample, into = "rootfs", rootfs = true },
}
local initrd = with_initrd and l4t_initrd "initrd" { shipped / "bootloader/l4t_initrd.img", kernel = linux, modules = modules }
local baked = tree "bake" {
  shipped,
  edit { "p3767.conf.common", find = "CMDLINE_ADD=\"[^\"]*", regex = true, replace = "\\0 root=/dev/" .. storage },
  copy { linux.Image, into = "kernel" },
  copy { trees, into = "kernel/dtb" },
  copy { linux.Image, linux.devel / "System.map", overlays, into = "rootfs/boot" },
  copy { dt.dtbs / (base .. ".dtb"), into = "rootfs/boot/dtb", as = "kernel_" .. base .. ".dtb" },
  when(localversion ~= "-tegra", module_check "own-folder" { folder = "rootfs", unused = linux.release }),
  copy { modules, into = "rootfs" },
  copy { headers.tree, into = "rootfs" },
  copy { headers.package, into = "staging/kernel-headers" },
  when(initrd, initrd and copy { initrd, into = "bootloader" }),
  copy { radio / "iwlwifi", into = "rootfs/lib/firmware", optional = true },
  copy { "orin-nx-rt/rootfs", into = "rootfs" }, -- units that wait long enough on RT, services that are off
  drivers.pre_bundle,
  menu "bootloader/extlinux.conf",
  copy { shipped / "bootloader/extlinux.conf", into = "rootfs/boot/extlinux" },
  menu "rootfs/boot/extlinux/extlinux.conf",
}

-- 9. what it was made of: BUILD_MANIFEST.json; on the target /etc/jetson-av-build.json, and jetson-av-version, which reads it
local made = manifest "made" {
  linux.Image, modules, trees, headers.package, from = { baked }, fields = { board = base },
  kernel = linux, defconfig = asked / ".config", headers = headers.package,
}
local image = tree "image" { baked, copy { made }, copy { made.target, into = "rootfs" } }

-- 10. audit: is it what was asked for? `jkr audit` tells each check as a row, and nothing is delivered while one fails
l4t_audit "audit" {
  image, kernel = linux, rt = rt, fdt = boot.fdt, overlays = boot.overlays, args = boot.args, storage = storage,
  replaces = pin.replaces, initrd = when(initrd, initrd and initrd.list), manifest = "BUILD_MANIFEST.json", more = drivers.audit,
}

-- 11. the bundle: one archive, equal bytes from equal inputs, and the list that `jkr sign` signs
local archive = pack "archive" { image, name = "Linux_for_Tegra.tar.zst", prefix = "Linux_for_Tegra" }
return bundle "orin-nx-rt" { archive, made, checksums "batch" { archive, made, name = batch .. ".sha256" } }
