write "goal" {
  path = "a",
  text = 42,
}
