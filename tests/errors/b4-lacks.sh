b4_stub 'echo "  ERROR: missing [2/3]!" >&2; echo "WARNING: Thread incomplete!" >&2; echo half'
