local cores = option.string { "cores", "1-5", "Cores", matches = "[0-9" }
