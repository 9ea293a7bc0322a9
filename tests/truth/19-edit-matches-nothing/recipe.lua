recipe "retries" { version = "1", license = "MIT", summary = "more retries" }

local src = tree "src" {
  copy { "limits.h" },
  edit { "limits.h",
    find = "#define RETRIES 3",
    replace = "#define RETRIES 9",
  },
}

return bundle "retries" { src / "limits.h" }
