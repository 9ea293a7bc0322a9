# run: new kernel pump
