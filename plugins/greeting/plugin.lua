-- greeting: a plugin returns lists of steps under names; a board places them
return {
  post_extract = {
    write { path = "GREETING", text = "greetings from a plugin\n" },
  },
}
