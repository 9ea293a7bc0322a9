# run: menuconfig menuconfig-fails.lua --progress=quiet
# exit: 1
image
mkdir src
printf 'olddefconfig:\n\t@echo no ncurses here; false\n' >src/Makefile
touch board.config
