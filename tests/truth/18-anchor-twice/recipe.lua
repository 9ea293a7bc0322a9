recipe "twice" { version = "1", license = "MIT", summary = "a port that is on" }

local src = tree "src" {
  copy { "board.dts" },
  edit { "board.dts",
    find = "status = \"disabled\"",
    replace = "status = \"okay\"",
  },
}

return bundle "twice" { src / "board.dts" }
