printf '{"version": 1, "inputs": {"b4:%s": {"pin": "deb"}}}\n' 20240101120000.1-1-ann@example.org >jkr.lock
