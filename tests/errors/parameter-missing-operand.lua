copy "nothing" { into = "etc" }
