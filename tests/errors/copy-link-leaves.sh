mkdir root && ln -s /usr/lib root/lib
