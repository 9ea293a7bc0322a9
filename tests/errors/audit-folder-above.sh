# run: audit work
mkdir -p work/Linux_for_Tegra/rootfs work/Linux_for_Tegra/kernel
