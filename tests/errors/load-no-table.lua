write "goal"
untar "src"
