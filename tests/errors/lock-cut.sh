echo '{"version": 1, "inputs": {' >jkr.lock
