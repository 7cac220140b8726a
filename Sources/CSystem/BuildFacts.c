#include "CSystem.h"

#ifndef INSTCTL_COMMIT
#define INSTCTL_COMMIT "unknown"
#endif
#ifndef INSTCTL_SWIFT
#define INSTCTL_SWIFT "unknown"
#endif

const char *csystem_commit(void) { return INSTCTL_COMMIT; }

const char *csystem_swift(void) { return INSTCTL_SWIFT; }
