# run: new plugin ../pump
