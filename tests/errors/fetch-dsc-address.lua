return fetch "hello" { dsc = "https://example.org/hello_1.tar.gz" }
