#include <stddef.h>
#include <stdint.h>

// libFuzzer's own loop, for programs that have their own main.
int LLVMFuzzerRunDriver(int *_Nonnull argc, char *_Nullable *_Nullable *_Nonnull argv,
                        int (*_Nonnull callback)(const uint8_t *_Nullable data, size_t size));
