recipe "nothing" { version = "1", license = "MIT", summary = "a fix that is none" }

local src = tree "src" {
  copy { "limits.h" },
  patch { "same.patch" },
}

return bundle "nothing" { src / "limits.h" }
