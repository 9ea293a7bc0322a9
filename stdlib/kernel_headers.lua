-- kernel_headers: what modules are built against on the target itself.

define "kernel_headers" {
  doc = "The headers of a kernel for the machine that runs it: usr/src/linux-headers-RELEASE, and the same as a Debian package. The "
    .. "programs in scripts/ are compiled for the target, so that `make -C /lib/modules/RELEASE/build M=…` works there.",
  params = {
    kernel = { "step", operand = true, required = true, doc = "The kernel, from `kernel`." },
    version = { "string", default = "1", doc = "The version of the package." },
  },
  outputs = {
    tree = "usr/src/linux-headers-RELEASE",
    package = "the folder with linux-headers-RELEASE_VERSION_ARCH.deb, ARCH being Debian's name of it",
  },
  example = [[
local headers = kernel_headers "headers" { linux }]],
  build = function(p)
    local k = p.kernel
    local arch = k.variables.ARCH
    local built = run_in_container "" {
      toolchain = k.toolchain, script = "l4t/headers.sh", argv = { k.toolchain.prefix, arch, p.version },
      mounts = { ["/jkr/kernel"] = k.source, ["/jkr/headers"] = k.devel },
      outputs = { tree = "tree", package = "package" },
    }
    return { built / "tree", tree = built / "tree", package = built / "package" }
  end,
}
