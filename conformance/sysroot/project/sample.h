#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C"
#endif
    int
    sample_text(char* out, size_t size);
