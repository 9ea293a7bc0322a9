recipe "hunk" { version = "1", license = "MIT", summary = "a fix of two hunks" }

local src = tree "src" {
  copy { "limits.h" },
  patch { "fix.patch" },
}

return bundle "hunk" { src / "limits.h" }
