local src = tree "src" {
  write { path = "a", text = "hello" },
  fetch { url = "https://example.com/a.tar", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" },
}
