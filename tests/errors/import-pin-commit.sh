printf '{"version": 1, "inputs": {"use:https://host/team/bsp@%s": {"pin": "%s tree:%064d"}}}\n' \
  0123456789012345678901234567890123456789 aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd 0 >jkr.lock
