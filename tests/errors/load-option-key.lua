local jobs = option.int { "jobs", 4, "Jobs", maxx = 8 }
