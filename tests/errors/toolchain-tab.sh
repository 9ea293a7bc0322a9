mkdir toolchains
printf 'env:\n\tLANG: C\n' >toolchains/arm.yaml
