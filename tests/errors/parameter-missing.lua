local name = "goal"

write(name) {
  text = "hello",
}
