return fetch "driver" { get = "from the vendor" }
