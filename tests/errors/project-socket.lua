-- run: plan project-socket.lua
return copy "firmware" { "firmware" }
