-- kernel-image.lua: an image proved to be what a boot loader takes, and laid out by release as /boot has it
recipe "kernel-image" { version = "1", license = "MIT", summary = "check an image, lay out /boot" }

-- the folder stands for what `kernel { …, images = { "Image" } }` makes, which does both of what follows by itself
local built = copy "built" { "files/kernel" }
local release = text(write "release" { path = "release", text = "6.12.1-board\n" } / "release")

kernel_image_check "image" { built / "Image", arch = "arm64", release = release }

return copy "boot" { built, suffix = release }
