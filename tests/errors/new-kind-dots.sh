# run: new plugin aa..b
