# mirror.bash: where this machine gets Debian from. Sourced.

# mirror SUITE: where the machine's apt has it from; nothing when it has none
mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$1" '$1 == suite { sub(/\/$/, "", $2); print $2; exit }'
}
