write "goal" "text"
