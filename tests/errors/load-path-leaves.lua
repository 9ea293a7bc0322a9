copy "x" { "../../../../../../etc/passwd" }
