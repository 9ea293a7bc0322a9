recipe "board" { versoin = "1" }
