local pin = pins "pins.yaml"
return write "a" { path = "a", text = pin.a }
