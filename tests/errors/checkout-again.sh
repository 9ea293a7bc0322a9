# run: edit checkout-again.lua other mine
checkout_of checkout-again.lua
