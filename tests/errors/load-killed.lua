-- exit: 6
local n = 0
for i = 1, 1000000000 do
  n = n + i
end
return write { path = "a", text = "b" }
