return fetch { b4 = "20240101120000.1-1-ann@example.org", name = "series.patch" }
