tar_of public_sources.tbz2 file:Linux_for_Tegra/source/kernel_src.tbz2
