printf '%s\n' '{' '<<<<<<< HEAD' '"version": 1' '=======' '"version": 2' '>>>>>>> other' '}' >jkr.lock
