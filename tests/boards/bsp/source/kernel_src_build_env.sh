#!/bin/bash
# What nvbuild.sh builds: sourced, not started.
KERNEL_SRC_DIR=kernel-jammy-src
KERNEL_DEF_CONFIG=defconfig
OOT_SOURCE_LIST="Makefile hardware hwpm kernel-devicetree nvdisplay nvethernetrm nvgpu nvidia-oot"
export KERNEL_SRC_DIR KERNEL_DEF_CONFIG OOT_SOURCE_LIST
