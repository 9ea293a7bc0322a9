image
mkdir root && tar -xf image.tar -C root
printf '#!/bin/sh\ncp /usr/bin/answers /jkr/out/kwhy\n' >root/usr/bin/compiler
cat >root/usr/bin/answers <<'END'
#!/bin/sh
cat <<'ANSWERS'
{"name":"SLUB_TINY","type":"bool","exists":true,"modules":"y","value":"n","visible":"n","prompt":"p","depends":[{"text":"!SLAB [=y]","value":"n","symbol":""}],"answer":"never","against":["SLAB=y"],"never":[],"leaf":"prompt"}
{"name":"X86_PAT","type":"bool","exists":true,"modules":"y","value":"n","visible":"n","prompt":"p","depends":[{"text":"MTRR [=n]","value":"n","symbol":"MTRR"}],"answer":"never","against":[],"never":[{"text":"MTRR [=n]","value":"n","symbol":"MTRR"},{"text":"X86 [=n]","value":"n","symbol":"X86"}],"leaf":"unset"}
{"name":"CRC32","type":"tristate","exists":true,"modules":"y","value":"y","visible":"n","prompt":"p","selected_by":[{"text":"ARM64 [=y]","value":"y","symbol":"ARM64"}],"answer":"never","against":[],"never":[{"text":"ARM64 [=y]","value":"y","symbol":"ARM64"}],"leaf":"selected"}
{"together":"never","against":["SLAB=y","SLUB_TINY=y"]}
ANSWERS
END
chmod +x root/usr/bin/compiler root/usr/bin/answers
tar -cf kconfig.tar -C root .
rm -rf root
