echo '{"version": 1, "version": 1, "inputs": {}}' >jkr.lock
