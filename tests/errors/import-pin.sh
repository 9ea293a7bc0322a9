echo '{"version": 1, "inputs": {"use:https://host/team/bsp#v2": {"pin": "v2"}}}' >jkr.lock
