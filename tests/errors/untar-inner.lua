-- run: run untar-inner.lua -q
-- exit: 1
return untar "kernel" { "public_sources.tbz2", inner = { "Linux_for_Tegra/source/public/kernel_src.tbz2" } }
