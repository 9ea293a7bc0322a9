local src = zzzzzz { "a" }
