echo '{"version": 1, "inputs": {"url:https://host/a.tar": {"pin": "sha256:00 bytes:1"}}}' >jkr.lock
