printf 'CONFIG_PREEMPT_RT=y\nCONFIG_HZ = 1000\n' >rt.config
