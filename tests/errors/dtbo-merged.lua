local image = write "image" { path = "usr/bin/dtc", text = "x" }
local src = write "src" { path = "hello.dtso", text = "/dts-v1/;" }
dtbo_compile "hello" { src, toolchain = image, merged = "all.dtb" }
