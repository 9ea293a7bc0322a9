local greeting = plugin "greting"
