# run: edit checkout-full.lua src full
mkdir full && touch full/a
