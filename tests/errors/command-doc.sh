# run: doc kernl
