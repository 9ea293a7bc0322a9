recipe "applied" { version = "1", license = "MIT", summary = "a fix" }

local src = tree "src" {
  copy { "limits.h" },
  patch { "fix.patch" },
}

return bundle "applied" { src / "limits.h" }
