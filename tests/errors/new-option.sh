# run: new driver pump --source src
