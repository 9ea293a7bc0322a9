mkdir firmware
mkfifo firmware/pipe
