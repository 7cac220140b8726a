// A connected socket, plain or TLS: what every C program here reads from and writes to.
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct stream {
  int fd;
  SSL *tls;  // NULL on a plain socket
};

// Bytes read, 0 at the end of the stream, -1 on an error.
ssize_t stream_read(struct stream *stream, void *bytes, size_t room);

// Writes all of it. False when the peer has gone.
bool stream_write(struct stream *stream, const void *bytes, size_t count);

// Says goodbye in TLS, and closes.
void stream_close(struct stream *stream);

// Reads an HTTP head up to and with its empty line, one byte at a time, so that no frame behind it
// is read too. False when it ends early or does not fit into `room`, which includes the final NUL.
bool stream_read_head(struct stream *stream, char *head, size_t room);

// Ends the program with a message.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
