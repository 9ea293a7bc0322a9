b4_stub : 'echo "That message-id is not known." >&2; exit 1'
