echo '{"version": 2, "inputs": {}}' >jkr.lock
