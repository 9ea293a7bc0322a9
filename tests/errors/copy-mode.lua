return copy { "copy-mode.lua", mode = "rw-r--r--" }
