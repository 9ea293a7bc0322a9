b4_stub 'echo "  [PATCH] a: b" >&2; echo "    + Reviewed-by: Rev <rev@example.org>" >&2; echo mails'
printf '{"version": 1, "inputs": {"b4:%s": {"pin": "sha256:%064d bytes:5"}}}\n' 20240101120000.1-1-ann@example.org 1 >jkr.lock
