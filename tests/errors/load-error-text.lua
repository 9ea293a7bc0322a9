error("this board needs another kernel")
