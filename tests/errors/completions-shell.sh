# run: completions tcsh
