tar_of src.tar file:board_defconfig symlink:defconfig=board_defconfig
