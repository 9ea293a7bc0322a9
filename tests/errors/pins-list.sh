printf -- '- a\n- b\n' >pins.yaml
