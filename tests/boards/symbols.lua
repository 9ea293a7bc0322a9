-- the reference's symbols on the look-alike's kernel, up to olddefconfig: fails with those that it does not get
recipe "symbols" { version = "1", license = "GPL-2.0-only", summary = "the reference's symbols up to olddefconfig" }

local public = fetch "public-sources" { file = "public_sources.tbz2" }
local src = tree "source" { untar { public, inner = "Linux_for_Tegra/source/kernel_src.tbz2" } }

local linux = kernel "linux" {
  src / "kernel/kernel-jammy-src", toolchain = toolchain "debian-arm64", base = "mainline_defconfig", localversion = "-rt-tegra",
  config = {
    fragment "reference.config",
    -- what generic_rt_build.sh writes after it, and therefore wins
    PREEMPT_RT = y, NAMESPACES = y, DEBUG_PREEMPT = n, KVM = n, FAIR_GROUP_SCHED = n,
  },
}

return bundle "symbols" { linux.Image }
