# run: verify bsp --pubkey key.pub
# exit: 3
git_repository bsp
printf 'jkr content 1\ntree:%064d\n' 0 >bsp/jkr.content
git -C bsp add . && git -C bsp commit -qm content
echo RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3 >key.pub
