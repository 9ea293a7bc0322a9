# beside a folder of results that another may have left
