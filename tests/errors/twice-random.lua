-- run: run twice-random.lua --twice --progress=quiet
-- exit: 3
recipe "twice" { version = "1", license = "MIT", summary = "a step that takes a random number" }
local img = untar "img" { "image.tar", rootfs = true }
local id = run_in_container "id" {
  "cp", "/proc/sys/kernel/random/uuid", "/jkr/out/id", toolchain = img,
}
return copy "board" { id, into = "etc" }
