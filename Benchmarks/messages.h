// The messages that the flood peer sends: built once, kept as frames in memory.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Some frames behind each other, complete in themselves: the block can be sent again and again, and
// stopped behind any frame, also when its frames are compressed.
struct block {
  size_t size;  // what was asked for
  bool deflate;
  unsigned char *bytes;
  size_t count;     // frames
  size_t *ends;     // offset behind each frame
  size_t *payload;  // bytes of all messages up to and with each one, before compression
};

// `repo/add_updates` messages of at most `size` bytes of JSON and close to it, each with other
// updates: Yjs updates that put in text, base64, as servers relay them.
struct block *block_make(size_t size, bool deflate);
void block_free(struct block *block);

// A frame header of a server; returns its length, at most 10.
size_t frame_header(unsigned char header[10], unsigned char first, size_t payload);
