-- run: run module-check.lua -q
-- exit: 3
local top = "lib/modules/5.15.148-rt-tegra/"
local root = tree "root" {
  write { path = top .. "kernel/drivers/gpu/host1x.ko", text = "x" },
  write { path = top .. "updates/host1x.ko", text = "x" },
  write { path = top .. "kernel/net/a.ko", text = "x" },
  write { path = top .. "updates/a.ko", text = "x" },
  write { path = top .. "updates/lost.ko", text = "x" },
  write { path = top .. "modules.builtin", text = "kernel/drivers/nvme/host/nvme-core.ko\n" },
  write { path = top .. "modules.dep", text = "kernel/net/a.ko:\nkernel/drivers/gpu/host1x.ko:\nupdates/host1x.ko:\nupdates/a.ko:\nkernel/gone.ko:\n" },
}
module_check "installed" { root, present = { "nvme_core", "metis" }, loadable = "nvme-core", absent = "lost",
                           once = true, indexed = true, replaces = "host1x" }
return root
