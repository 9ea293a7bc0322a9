# run: check load-latin1.lua
printf -- '-- gr\374n\nreturn write { path = "a", text = "b" }\n' >load-latin1.lua
