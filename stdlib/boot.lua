-- boot: a kernel started in QEMU, and what it must say.

-- For each architecture: the emulator, the machine and processor unless another one is named, the console, the image with QEMU,
-- and what clang calls it.
local machines = {
  arm64 = { "qemu-system-aarch64", "virt", "cortex-a57", console = "ttyAMA0", image = "qemu", target = "aarch64-linux-gnu" },
  arm   = { "qemu-system-arm", "virt", "cortex-a15", console = "ttyAMA0", image = "qemu", target = "arm-linux-gnueabihf" },
  riscv = { "qemu-system-riscv64", "virt", "rv64", console = "ttyS0", image = "qemu-riscv", target = "riscv64-linux-gnu" },
  x86   = { "qemu-system-x86_64", "pc", "qemu64", console = "ttyS0", image = "qemu-x86", target = "x86_64-linux-gnu" },
}

define "boot" {
  doc = "Boots a kernel in QEMU, without network, with an initramfs that this step makes: the program `init`, and the modules in "
    .. "/modules. Overlays are applied to the device tree first. Every line of `expect` must come on the console before the time "
    .. "is over, and the machine must end by itself: switch off, or start again. The console is the step's log.",
  params = {
    kernel = { "step", required = true, doc = "The kernel, from `kernel`." },
    init = { "source", doc = "The first program: C source without a library, compiled by the kernel's toolchain. Unless told it is one that "
      .. "says the kernel's version and the machine's model, loads the modules and ends; with the word `crash` in `append` it makes the "
      .. "kernel panic (CONFIG_MAGIC_SYSRQ), with `show=FILE` it shows that file of the guest before and after it loads the modules." },
    modules = { "source", list = true, doc = "Results whose .ko files go into /modules of the initramfs." },
    dtb = { "source", doc = "The device tree; QEMU's own when it is left out." },
    overlays = { "source", list = true, doc = "Overlays that are applied to `dtb`, in this order." },
    expect = { "string", list = true, required = true, doc = "Texts that must come on the console." },
    machine = { "string", doc = "The machine, by QEMU's name, such as \"vexpress-a9\"; QEMU chooses its processor. Unless told it is virt, of x86 pc." },
    console = { "string", doc = "The serial line that is the console; that of the architecture's usual machine when it is left out." },
    append = { "string", default = "panic=-1", doc = "What follows the console on the kernel's command line." },
    memory = { "string", default = "128M", doc = "The machine's memory, as QEMU takes it." },
    cpus = { "int", default = 1, doc = "The machine's processors." },
    timeout = { "int", default = 60, doc = "Seconds after which the machine is stopped." },
    qemu = { "step", doc = "The image that holds QEMU; the toolchain `qemu`, `qemu-x86` or `qemu-riscv` when it is left out." },
    emulator = { "source", doc = "QEMU itself, a program that was built, in place of the image's; `qemu` is what it runs in." },
  },
  outputs = {
    console = "what came on the console",
  },
  example = [[
boot "virt" { kernel = linux, dtb = base, overlays = { overlay }, init = "init.c", modules = { hello },
              expect = { "hello: loaded" } }]],
  build = function(p)
    local gcc = p.kernel.toolchain
    local arch = p.kernel.variables.ARCH
    local machine = machines[arch]
    if not machine then error("boot knows no machine for " .. arch .. ": arm, arm64, riscv, x86", 0) end

    local mounts = { ["/jkr/in/init.c"] = p.init or "boot/init.c" }
    for i, m in ipairs(p.modules or {}) do mounts["/jkr/in/modules/" .. i] = m end
    local initramfs = run_in_container "initramfs" {
      toolchain = gcc, mounts = mounts, script = "boot/initramfs.sh", argv = { gcc.prefix or "", machine.target },
      outputs = { "initramfs.cpio" },
    }

    local guest = { ["/jkr/in/Image"] = p.kernel.Image, ["/jkr/in/initramfs.cpio"] = initramfs / "initramfs.cpio" }
    if p.emulator then guest["/jkr/in/qemu"] = p.emulator end
    local argv = { p.emulator and "/jkr/in/qemu" or machine[1], "-M", p.machine or machine[2] }
    if not p.machine then
      argv[#argv + 1] = "-cpu"
      argv[#argv + 1] = machine[3]
    end
    for _, word in ipairs { "-smp", tostring(p.cpus), "-m", p.memory, "-nic", "none", "-display", "none",
                            "-monitor", "none", "-serial", "stdio", "-no-reboot", "-kernel", "/jkr/in/Image",
                            "-initrd", "/jkr/in/initramfs.cpio",
                            "-append", "console=" .. (p.console or machine.console) .. " " .. p.append } do
      argv[#argv + 1] = word
    end
    if p.dtb then
      local trees = { ["/jkr/in/base"] = p.dtb }
      for i, o in ipairs(p.overlays or {}) do trees["/jkr/in/overlays/" .. i] = o end
      local merged = run_in_container "devicetree" {
        toolchain = gcc, mounts = trees, script = "boot/merge.sh", outputs = { "merged.dtb" },
      }
      guest["/jkr/in/merged.dtb"] = merged / "merged.dtb"
      argv[#argv + 1] = "-dtb"
      argv[#argv + 1] = "/jkr/in/merged.dtb"
    end
    local console = run_in_container "console" {
      toolchain = p.qemu or toolchain(machine.image), mounts = guest, argv = argv, capture = "console.log",
      expect = p.expect, timeout = p.timeout, check = true,
    }
    return { console, console = console / "console.log" }
  end,
}
