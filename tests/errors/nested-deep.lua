local list = { "*.o" }
for _ = 1, 20 do
  list = { list }
end
local src = write "src" { path = "a.o", text = "" }
return copy "driver" { src, exclude = list }
