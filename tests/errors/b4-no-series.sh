b4_stub 'echo "No patches found." >&2'
