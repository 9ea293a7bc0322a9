local driver
copy "x" {
  "load-hole-last.lua",
  driver,
}
