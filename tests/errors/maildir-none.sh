mkdir -p v2/cur v2/new v2/tmp && echo mail >v2/tmp/1
