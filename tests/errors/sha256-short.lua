fetch "linux" { url = "https://example.org/linux-6.12.tar.xz", sha256 = "c0ffee" }
