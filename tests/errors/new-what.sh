# run: new drivr pump
