local gcc = toolchain "arm"
return write { path = "a", text = gcc.prefix }
