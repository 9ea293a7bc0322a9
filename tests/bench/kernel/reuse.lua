-- reuse.lua: the smallest arm64 kernel by `kernel`, one or two boards of one source, with or without ccache and distcc
recipe "reuse" { version = "1", license = "GPL-2.0-only", summary = "boards from one source" }

local round  = option.string { "round", "0", "every word is a build directory and a result of its own" }
local boards = option.int { "boards", 1, "one or two" }
local cached = option.bool { "ccache", false, "with ccache" }
local spread = option.bool { "distcc", false, "with distcc" }
local gcc    = toolchain((cached or spread) and { "debian-arm64", ccache = cached, distcc = spread } or "debian-arm64")

local deb    = fetch "linux-deb" { deb = "linux-source-6.12" }
local source = untar "source" { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 }

local function board(name, config)
  return kernel(name .. "-" .. round) {
    source, toolchain = gcc, arch = "arm64", base = { "tinyconfig" }, targets = { "Image" }, config = config,
    variables = round ~= "0" and { BENCH_ROUND = round } or nil, -- another key: nothing is taken from the store
  }
end

local a = board("a", { PRINTK = y })
if boards == 1 then return bundle "reuse" { a.Image, a.config } end
local b = board("b", { PRINTK = y, MULTIUSER = y })
return bundle "reuse" { copy "one" { a.Image, into = "a" }, copy "two" { b.Image, into = "b" } }
