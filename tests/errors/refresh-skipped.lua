local f = fetch "blob" { file = "blob.bin", optional = true }
return copy "src" { f }
