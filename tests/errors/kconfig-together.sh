image
mkdir root && tar -xf image.tar -C root
printf '#!/bin/sh\ncp /usr/bin/answers /jkr/out/kwhy\n' >root/usr/bin/compiler
cat >root/usr/bin/answers <<'END'
#!/bin/sh
cat <<'ANSWERS'
{"name":"PREEMPT_RT","type":"bool","exists":true,"modules":"y","value":"n","visible":"n","prompt":"p","depends":[],"hidden_by":[{"text":"EXPERT [=n]","value":"n","symbol":"EXPERT"}],"answer":"fix","fix":["EXPERT=y"]}
{"name":"TCP_CONG_BBR","type":"tristate","exists":true,"modules":"y","value":"n","visible":"n","prompt":"p","depends":[{"text":"TCP_CONG_ADVANCED [=n]","value":"n","symbol":"TCP_CONG_ADVANCED"}],"answer":"fix","fix":["TCP_CONG_ADVANCED=y"]}
{"together":"fix","fix":["EXPERT=y","TCP_CONG_ADVANCED=y"]}
ANSWERS
END
chmod +x root/usr/bin/compiler root/usr/bin/answers
tar -cf kconfig.tar -C root .
rm -rf root
