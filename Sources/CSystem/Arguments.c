#include "CSystem.h"

// The C library hands them to the functions that run before main, too.
static int count;
static char **values;

__attribute__((constructor)) static void keep(int argc, char **argv) {
  count = argc;
  values = argv;
}

int csystem_argument_count(void) { return count; }

const char *csystem_argument(int index) { return values[index]; }
