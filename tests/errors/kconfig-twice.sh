printf 'CONFIG_HZ=1000\n# CONFIG_PREEMPT is not set\nCONFIG_HZ=250\n' >rt.config
