mkdir profiles
echo '- rt' >profiles/board.yaml
