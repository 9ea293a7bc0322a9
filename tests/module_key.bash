# shellcheck shell=bash
# module_key.bash: keys as a kernel's build makes them, and modules signed with them as scripts/sign-file does it.
#
# usage: key_of NAME: NAME.key and its certificate NAME.pem; sign_module FILE NAME

key_of() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -set_serial 7 -subj "/CN=$1" -days 9999 \
    -keyout "$1.key" -out "$1.pem" 2>/dev/null
}

sign_module() {
  openssl cms -sign -binary -noattr -nocerts -md sha256 -outform DER -signer "$2.pem" -inkey "$2.key" -in "$1" -out signature
  {
    cat signature
    printf '\0\0\2\0\0\0\0\0\0\0'
    printf '%04x' "$(stat -c %s signature)" | sed 's/../\\x&/g' | xargs -0 printf '%b'
    echo '~Module signature appended~'
  } >>"$1"
  rm signature
}
