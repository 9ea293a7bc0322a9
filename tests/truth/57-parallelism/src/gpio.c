int gpio;
