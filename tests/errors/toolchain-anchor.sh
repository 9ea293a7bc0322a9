mkdir toolchains
printf 'env: &common\n  LANG: C\nflags: *common\n' >toolchains/arm.yaml
