# run: doc write
# exit: 1
stdout=/dev/full
