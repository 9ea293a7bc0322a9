recipe "time" { version = "1", license = "MIT", summary = "a program that tells when it was built" }

return make_in_container "app" { "src", toolchain = toolchain "host", targets = { "app" }, objdir = false, outputs = { "app" } }
