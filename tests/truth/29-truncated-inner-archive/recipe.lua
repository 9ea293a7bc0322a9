recipe "bsp" { version = "1", license = "MIT", summary = "a driver in an archive in an archive" }

local src = untar "src" {
  "bsp.tar", inner = "camera.tar",
}

return bundle "bsp" { src }
