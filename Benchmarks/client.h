// The client's half of the upgrade, for the C programs that mark what the machine can do.
#pragma once

#include "stream.h"

// Connects to a ws:// or wss:// URL with a numeric host, trusting `authority` (a PEM file), and
// upgrades; permessage-deflate is offered when the URL's query asks for it. Fails loudly.
struct stream client_open(const char *url, const char *authority, bool *deflate);

// Sends one masked frame of at most 64 KiB. False when the peer has gone.
bool client_send(struct stream *stream, unsigned char first, const void *payload, size_t length);
