mkdir profiles
printf 'options:\n  rt: [yes, no]\n' >profiles/board.yaml
