recipe "hello" { version = "1", license = "MIT", summary = "a driver as a patch" }

local src = tree "src" {
  copy { "drivers", into = "drivers" },
  patch { "hello.patch" },
}

return bundle "hello" { src }
