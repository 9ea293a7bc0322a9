mkdir profiles && printf 'option:\n  rt: false\n' >profiles/fast.yaml
