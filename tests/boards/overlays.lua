-- overlays of the tree itself, as `make dtbs` makes them and as dtbo_compile does: equal to the byte
recipe "overlays" { version = "1", license = "MIT", summary = "the kernel's own overlays" }

local gcc = toolchain "debian-arm64"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }

-- Xilinx' boards: some thirty device trees, and two overlays that are applied to some of them
local made = kernel "made" { src, toolchain = gcc, arch = "arm64", base = "allnoconfig", config = { ARCH_ZYNQMP = y }, targets = { "dtbs" } }

-- dtbs_install leaves out overlays that are only parts of other device trees
local overlays = make_in_container "overlays" {
  src, toolchain = gcc, variables = made.variables, config = made.config, targets = { "dtbs" }, build = "fresh",
  outputs = { dtbos = "arch/arm64/boot/dts/xilinx/*.dtbo" },
}

local function ours(name)
  return dtbo_compile(name) { src / ("arch/arm64/boot/dts/xilinx/" .. name .. ".dtso"), toolchain = gcc, include = { src / "include" },
                              apply_to = made.dtbs / "xilinx/zynqmp-smk-k26-revA.dtb" }
end

return bundle "compared" {
  copy "theirs" { overlays / "dtbos", into = "theirs" },
  copy "ours" { ours "zynqmp-sck-kv-g-revA", ours "zynqmp-sck-kv-g-revB", into = "ours" },
}
