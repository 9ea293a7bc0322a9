-- zedx: ZED X cameras in a tree of Linux for Tegra: Stereolabs' patches, overlay sources and symbols, ISP files.
local pin    = pins "pins.yaml"
local camera = option.choice { "camera", { "mono", "duo", "none" }, "The ZED Link capture card: it decides the deserializer" }

if camera == "none" then return {} end

local driver  = fetch "vendor-tree" { folder = pin.driver.folder, holds = pin.driver.holds, get = pin.driver.get }
local sdk     = fetch "sdk" { folder = pin.sdk.folder, get = pin.sdk.get, optional = true }
local daemons = fetch "daemons" { folder = pin.daemons.folder, get = pin.daemons.get, optional = true }

local media = "kernel/kernel-jammy-src/drivers/media/"
local public = "hardware/nvidia/t23x/nv-public"
local overlay = driver / "src/hardware/stereolabs"

return {
  doctor = { driver, sdk, daemons },

  post_extract = {
    -- one that does not apply, or is in already, stops the run
    patch { driver / pin.driver.patches, skip = { "*zedbox*", "*compilation_makefile*" }, strip = 2 },
    -- overlays stand beside the device trees that they include
    copy { overlay / "overlay", into = public },
    copy { overlay / "Utils", into = public .. "/Utils" },
    -- NVIDIA's makefile puts makefile-path in front of every name; the patches write it a second time
    edit { public .. "/Makefile", find = "^(dtbo-y[[:blank:]]*\\+=[[:blank:]]*)\\$\\(makefile-path\\)/([^/]*-sl-overlay\\.dtbo)",
           replace = "\\1\\2", regex = true, times = 0 },
    -- The symbols say what this kernel is meant for. The drivers use symbols of nvidia-oot, so they are built after it, against
    -- the kernel: by recipes/zedx.lua.
    write { path = media .. "i2c/zedx/Kconfig", text = [[
config VIDEO_ZEDX
	tristate "Stereolabs ZED X cameras"
	depends on I2C

config VIDEO_ZEDX_AR0234
	tristate "ZED X: AR0234 sensor"
	depends on VIDEO_ZEDX

config VIDEO_ZEDX_IMX678
	tristate "ZED X: IMX678 sensor"
	depends on VIDEO_ZEDX

config SL_DESER_MAX9296
	tristate "ZED Link Mono: MAX9296 deserializer"
	depends on VIDEO_ZEDX

config SL_DESER_MAX96712
	tristate "ZED Link Duo: MAX96712 deserializer"
	depends on VIDEO_ZEDX && SL_DESER_MAX9296=n

config SL_IMU_BMI088
	tristate "ZED X: BMI088 inertial sensor"
	depends on VIDEO_ZEDX
]] },
    edit { media .. "Kconfig", find = "source \"drivers/media/i2c/Kconfig\"\n", after = "source \"drivers/media/i2c/zedx/Kconfig\"\n" },
  },

  post_defconfig = {
    kconfig_append { ".config", symbols = {
      VIDEO_ZEDX = m, VIDEO_ZEDX_AR0234 = m, VIDEO_ZEDX_IMX678 = m, SL_IMU_BMI088 = m,
      SL_DESER_MAX9296 = camera == "mono" and m or n,
      SL_DESER_MAX96712 = camera == "duo" and m or n,
    } },
  },

  pre_bundle = {
    copy { driver / "ISP", into = "rootfs/var/nvidia/nvcam/settings", mode = "0664" },
    copy { driver / pin.driver.library, into = "rootfs/usr/lib/aarch64-linux-gnu/nvidia" }, -- NVIDIA's, mended for this release
    copy { sdk, into = "rootfs/opt/zed-sdk", optional = true },
    copy { driver / "Daemon", into = "rootfs/opt/zedx-daemons" },
    copy { daemons, into = "rootfs/opt/zedx-daemons", optional = true },
  },

  audit = {
    module_check "module" { folder = "rootfs", loadable = "sl_zedx" },
    file_check "isp" { present = "rootfs/var/nvidia/nvcam/settings/*.isp" },
  },
}
