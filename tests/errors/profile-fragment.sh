echo CONFIG_A=y >core.config
cp core.config small.config
mkdir profiles && printf 'fragments:\n  cor.config: //small.config\n' >profiles/fast.yaml
