return {
  fetch "s0" { b4 = "ftp://example.org/all/a@b/" },
  fetch "s1" { b4 = "http://-x/all/a@b" },
  fetch "s2" { b4 = "https://u:p@example.org/all/a@b/" },
  fetch "s3" { b4 = "https://example.org/all/a%0ab@c/" },
  fetch "s4" { b4 = "https://example.org/all/%2e%2e%2fa@c/" },
  fetch "s5" { b4 = "https://example.org/../a@c/" },
  fetch "s6" { b4 = "https://example.org/a@c" },
  fetch "s7" { b4 = "https://example.org/all/a@c/?x=1" },
  fetch "s8" { b4 = "https://example.org/all/-a@c/" },
  fetch "s9" { b4 = "https://example.org/all/a b@c/" },
  fetch "s10" { b4 = "https://example.org/project/list/patch/a@c/" },
}
