return fetch { file = "sdk.run", holds = "Makefile" }
