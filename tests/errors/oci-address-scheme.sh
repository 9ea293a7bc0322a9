# run: pull docker://host/team/x
