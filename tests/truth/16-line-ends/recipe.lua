recipe "ends" { version = "1", license = "MIT", summary = "a fix for a script" }

local src = tree "src" {
  copy { "start.sh" },
  patch { "fix.patch" },
}

return bundle "ends" { src / "start.sh" }
