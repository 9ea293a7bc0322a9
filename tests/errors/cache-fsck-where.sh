# run: cache fsck
