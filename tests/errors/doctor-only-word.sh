# run: doctor --only everything
