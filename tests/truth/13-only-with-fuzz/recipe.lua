recipe "up" { version = "1", license = "MIT", summary = "marks a link that is up" }

local src = tree "src" {
  copy { "link.c" },
  patch { "up.patch" },
}

return bundle "up" { src / "link.c" }
