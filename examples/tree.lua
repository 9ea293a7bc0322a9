-- tree.lua: sources made ready: unpacked, patched, edited, packed
recipe "tree" { version = "1", license = "MIT", summary = "unpack, patch, edit, pack" }

-- stands for a vendor's tarball; `fetch` would get a real one
local tarball = pack "tarball" { "files/driver", prefix = "driver-1.0", name = "driver-1.0.tar.xz", format = "tar.xz" }

-- each step writes onto the tree that the one before made; only what changes is stored
local src = tree "src" {
  untar { tarball, strip = 1 },
  patch { "files/0001-driver-wait-longer.patch" },
  edit { "driver.c", find = "RETRIES 20", replace = "RETRIES 200" },
  write { path = "VERSION", text = "1.0-board\n" },
}

return bundle "tree" { src / "driver.c", src / "VERSION", pack "out" { src, name = "src.tar.zst" } }
