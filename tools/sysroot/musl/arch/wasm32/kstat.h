// struct stat is filled from statx.
