recipe "anchor" { version = "1", license = "MIT", summary = "a driver more" }

local src = tree "src" {
  copy { "Makefile" },
  edit { "Makefile",
    find = "obj-m += link.o",
    after = " hello.o",
  },
}

return bundle "anchor" { src / "Makefile" }
