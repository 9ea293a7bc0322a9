# run: menuconfig menuconfig-fragment.lua
touch one.config two.config
