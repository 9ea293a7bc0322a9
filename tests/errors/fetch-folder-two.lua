return fetch "driver" { folder = "Vendor-Driver", get = "unpack the vendor's drop" }
