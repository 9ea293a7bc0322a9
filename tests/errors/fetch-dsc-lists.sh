apt_stub
sed -i 's/^\*indextargets\*) .*/*indextargets*) ;;/' bin/apt-get
