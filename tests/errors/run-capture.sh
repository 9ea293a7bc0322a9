image
