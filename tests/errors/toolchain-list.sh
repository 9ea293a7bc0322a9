mkdir toolchains
printf -- '- gcc\n- make\n' >toolchains/arm.yaml
