return git_checkout "driver" { "ext::sh -c true", ref = "main" }
