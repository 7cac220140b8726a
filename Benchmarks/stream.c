#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t stream_read(struct stream *stream, void *bytes, size_t room) {
  if (stream->tls) {
    int count = SSL_read(stream->tls, bytes, room > INT_MAX ? INT_MAX : (int)room);
    if (count > 0) return count;
    return SSL_get_error(stream->tls, count) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
  }
  ssize_t count;
  do count = read(stream->fd, bytes, room);
  while (count < 0 && errno == EINTR);
  return count;
}

bool stream_write(struct stream *stream, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t written;
    if (stream->tls)
      written = SSL_write(stream->tls, next, count > INT_MAX ? INT_MAX : (int)count);
    else
      written = send(stream->fd, next, count, MSG_NOSIGNAL);
    if (written < 0 && !stream->tls && errno == EINTR) continue;
    if (written <= 0) return false;
    next += written;
    count -= (size_t)written;
  }
  return true;
}

void stream_close(struct stream *stream) {
  if (stream->tls) {
    SSL_shutdown(stream->tls);
    SSL_free(stream->tls);
  }
  close(stream->fd);
}

bool stream_read_head(struct stream *stream, char *head, size_t room) {
  size_t length = 0;
  while (length + 1 < room) {
    if (stream_read(stream, head + length, 1) != 1) return false;
    head[++length] = 0;
    if (length >= 4 && memcmp(head + length - 4, "\r\n\r\n", 4) == 0) return true;
  }
  return false;
}

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}
