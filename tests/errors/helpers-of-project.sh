# a project's file that names who helps to compile
echo 'distcc-hosts: build1/8' >jkr.yaml
jkr() { "$jkr" run x.lua; }
