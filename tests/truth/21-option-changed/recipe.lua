recipe "tool" { version = "1", license = "MIT", summary = "a tool whose option changes" }

local retries = option.int { "retries", 3, "How often it tries" }

return make_in_container "tool" {
  "src", toolchain = toolchain "host", variables = { RETRIES = retries },
  targets = { "/jkr/build/tool" }, outputs = { "tool" },
}
