mkdir downloads
touch downloads/zed_sdk.run downloads/ZED_sdk.run
