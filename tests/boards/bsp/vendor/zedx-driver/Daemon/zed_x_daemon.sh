#!/bin/sh
# A stand-in for the camera's daemon: waits for the driver.
until [ -d /sys/module/sl_zedx ]; do sleep 1; done
