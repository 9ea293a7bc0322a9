#!/bin/bash
# l4t_flash_prerequisites.sh: a stand-in; installs nothing.
