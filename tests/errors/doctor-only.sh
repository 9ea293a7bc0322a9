# run: doctor --only sources
