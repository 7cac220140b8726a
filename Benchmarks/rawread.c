// The machine's limit for receiving: reads, parses frame headers, writes each message as a line.
// It checks nothing that a client must check.
//
//   rawread [--cacert FILE] [--echo] URL
//
// Lines go to stdout, and at the end `{"messages":N,"bytes":N}` to stderr. With --echo each message
// is sent back instead: the limit for round trips.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "client.h"

// Measured: a plain socket takes 40% less CPU with reads of 1 MiB than of 128 KiB.
enum { INPUT = 1024 * 1024, OUTPUT = 128 * 1024, STRAIGHT_OUT = 16 * 1024 };

struct reader {
  struct stream stream;
  bool echo, deflate;
  z_stream inflater;
  unsigned char input[INPUT];
  unsigned char output[OUTPUT];
  size_t filled;     // of the output
  uint64_t left;     // of the payload of the frame being read
  unsigned char first;  // that frame's first byte
  uint64_t messages, bytes;
};

static void write_all(const unsigned char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, count);
    if (written <= 0) exit(1);
    bytes += written;
    count -= (size_t)written;
  }
}

static void write_out(struct reader *reader) {
  write_all(reader->output, reader->filled);
  reader->filled = 0;
}

// Gathers what is small, and writes what is large straight out.
static void put(struct reader *reader, const unsigned char *bytes, size_t count) {
  bool large = count >= STRAIGHT_OUT && !reader->echo;
  if (large || reader->filled + count > OUTPUT) write_out(reader);
  if (large || count > OUTPUT) {
    write_all(bytes, count);
    return;
  }
  memcpy(reader->output + reader->filled, bytes, count);
  reader->filled += count;
}

static void put_inflated(struct reader *reader, const unsigned char *bytes, size_t count) {
  reader->inflater.next_in = (unsigned char *)bytes;
  reader->inflater.avail_in = (unsigned)count;
  do {
    if (reader->filled == OUTPUT) write_out(reader);
    reader->inflater.next_out = reader->output + reader->filled;
    reader->inflater.avail_out = (unsigned)(OUTPUT - reader->filled);
    int result = inflate(&reader->inflater, Z_SYNC_FLUSH);
    if (result != Z_OK && result != Z_BUF_ERROR) fail("rawread: inflate failed");
    size_t made = OUTPUT - reader->filled - reader->inflater.avail_out;
    reader->filled += made;
    reader->bytes += made;
  } while (reader->inflater.avail_out == 0);
}

// Some of a message's payload.
static void message_part(struct reader *reader, const unsigned char *bytes, size_t count) {
  if (reader->deflate && reader->first & 0x40) {
    put_inflated(reader, bytes, count);
  } else {
    put(reader, bytes, count);
    reader->bytes += count;
  }
}

static void message_end(struct reader *reader) {
  if (reader->deflate && reader->first & 0x40)
    put_inflated(reader, (const unsigned char *)"\0\0\xff\xff", 4);
  reader->messages++;
  if (!reader->echo) {
    put(reader, (const unsigned char *)"\n", 1);
    return;
  }
  if (!client_send(&reader->stream, 0x81, reader->output, reader->filled))
    fail("rawread: cannot send the echo");
  reader->filled = 0;
}

// Length of the frame header at `at`, or 0 when it is not whole yet.
static size_t parse_header(struct reader *reader, const unsigned char *at, size_t count) {
  if (count < 2) return 0;
  size_t width = at[1] < 126 ? 0 : at[1] == 126 ? 2 : 8;
  if (count < 2 + width) return 0;
  reader->first = at[0];
  reader->left = width == 0 ? at[1] : 0;
  for (size_t i = 0; i < width; i++) reader->left = reader->left << 8 | at[2 + i];
  return 2 + width;
}

static void read_to_close(struct reader *reader) {
  size_t filled = 0;
  bool in_frame = false;
  for (;;) {
    ssize_t got = stream_read(&reader->stream, reader->input + filled, INPUT - filled);
    if (got <= 0) fail("rawread: the connection ended without a close frame");
    filled += (size_t)got;
    size_t at = 0;
    for (;;) {
      if (!in_frame) {
        size_t header = parse_header(reader, reader->input + at, filled - at);
        if (header == 0) break;
        at += header;
        in_frame = true;
        if ((reader->first & 0x0f) == 8) {
          client_send(&reader->stream, 0x88, "\x03\xe8", 2);
          return;
        }
      }
      size_t part = filled - at < reader->left ? filled - at : reader->left;
      message_part(reader, reader->input + at, part);
      at += part;
      reader->left -= part;
      if (reader->left > 0) break;
      if (reader->first & 0x80) message_end(reader);
      in_frame = false;
    }
    filled -= at;
    memmove(reader->input, reader->input + at, filled);  // at most a part of a header
  }
}

int main(int count, char **arguments) {
  static struct reader reader;
  const char *authority = NULL, *url = NULL;
  for (int i = 1; i < count; i++) {
    if (strcmp(arguments[i], "--echo") == 0)
      reader.echo = true;
    else if (strcmp(arguments[i], "--cacert") == 0 && i + 1 < count)
      authority = arguments[++i];
    else
      url = arguments[i];
  }
  if (!url) fail("usage: rawread [--cacert FILE] [--echo] URL");
  reader.stream = client_open(url, authority, &reader.deflate);
  if (inflateInit2(&reader.inflater, -15) != Z_OK) fail("rawread: inflateInit2 failed");
  read_to_close(&reader);
  write_out(&reader);
  stream_close(&reader.stream);
  fprintf(stderr, "{\"messages\":%llu,\"bytes\":%llu}\n", (unsigned long long)reader.messages,
      (unsigned long long)reader.bytes);
}
