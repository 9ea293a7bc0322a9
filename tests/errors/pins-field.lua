local pin = pins "pins.yaml"
return fetch "bsp" { file = pin.bsp.fiel }
