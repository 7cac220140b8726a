#include "messages.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "stream.h"

static const char PREFIX[] =
    "[1,-1,{\"type\":\"repo/add_updates\",\"recordName\":null,\"inst\":\"bench\","
    "\"branch\":\"default\",\"updates\":[";
static const char SUFFIX[] = "]}]";

enum {
  BLOCK_SIZE = 512 * 1024,     // fits the second-level cache, so that sending costs little
  LARGEST_UPDATE = 64 * 1024,  // of base64; a larger message holds several
};

struct random {
  uint64_t state;
};

static uint64_t next(struct random *random) {
  random->state ^= random->state << 13;
  random->state ^= random->state >> 7;
  random->state ^= random->state << 17;
  return random->state;
}

static size_t put_varint(unsigned char *to, uint64_t value) {
  size_t count = 0;
  for (; value >= 0x80; value >>= 7) to[count++] = (unsigned char)(value | 0x80);
  to[count++] = (unsigned char)value;
  return count;
}

static const char *const WORDS[] = {
    "let ",    "const ",  "position", "color",     " = ",     "bot",     "tags",   ".",
    "await ",  "os.",     "toast",    "(",         ")",       ";\n",     "home",   "X",
    "Y",       "true",    "false",    "null",      "if (",    ") {\n",   "}\n",    "return ",
    "thisBot", "onClick", "that",     "dimension", "getBots", "setTag",  "label",  "the ",
    "and ",    "create",  "destroy",  "#ff0000",   "#00ff00", "1",       "2",      "3",
    "0.5",     " + ",     " - ",      " * ",       "portal",  "system",  "shared", "mask",
    "animate", "sleep",   "100",      "form",      "cube",    "sphere",  "gltf",   "http",
    "url",     "whisper", "shout",    "listen",    "player",  "session", "inst",   "\"",
};

// A Yjs update (v1) of exactly `size` bytes, at least 32: one client's text put in behind its last.
static void put_update(unsigned char *to, size_t size, uint64_t clock, struct random *random) {
  unsigned char *start = to, *end = to + size;
  uint64_t client = 0x90000000u + (next(random) & 3) * 0x1234567u;  // four people type
  *to++ = 1;  // clients
  *to++ = 1;  // structs of the client
  to += put_varint(to, client);
  to += put_varint(to, clock);
  *to++ = 0x84;  // ContentString, with a left origin
  to += put_varint(to, client);
  to += put_varint(to, clock - 1);
  size_t left = size - (size_t)(to - start) - 1;  // one byte for the empty delete set
  size_t width = 1;
  while ((left - width) >> (7 * width)) width++;
  size_t text = left - width;
  for (size_t i = 0; i < width; i++)  // a varint of just this width, whatever the value
    *to++ = (unsigned char)((text >> (7 * i)) | (i + 1 < width ? 0x80 : 0));
  while (to < end - 1) {
    const char *word = WORDS[next(random) % (sizeof WORDS / sizeof *WORDS)];
    size_t length = strlen(word), room = (size_t)(end - 1 - to);
    if (length > room) length = room;
    memcpy(to, word, length);
    to += length;
  }
  *to = 0;  // deletes
}

// The JSON text of one message; returns its length, at most `size`.
static size_t put_message(char *to, size_t size, uint64_t *clock, struct random *random) {
  char *start = to, *limit = to + size - strlen(SUFFIX);
  unsigned char update[LARGEST_UPDATE / 4 * 3];
  memcpy(to, PREFIX, strlen(PREFIX));
  to += strlen(PREFIX);
  while (limit - to > 64) {
    size_t room = (size_t)(limit - to) - 3;  // quotes and a comma
    size_t groups = (room > LARGEST_UPDATE ? LARGEST_UPDATE : room) / 4;
    put_update(update, groups * 3, *clock, random);
    *clock += groups * 3;
    if (to[-1] == '"') *to++ = ',';
    *to++ = '"';
    to += EVP_EncodeBlock((unsigned char *)to, update, (int)(groups * 3));
    *to++ = '"';
  }
  memcpy(to, SUFFIX, strlen(SUFFIX));
  return (size_t)(to + strlen(SUFFIX) - start);
}

size_t frame_header(unsigned char header[10], unsigned char first, size_t payload) {
  header[0] = first;
  if (payload < 126) {
    header[1] = (unsigned char)payload;
    return 2;
  }
  size_t width = payload < 65536 ? 2 : 8;
  header[1] = width == 2 ? 126 : 127;
  for (size_t i = 0; i < width; i++)
    header[2 + i] = (unsigned char)((uint64_t)payload >> (8 * (width - 1 - i)));
  return 2 + width;
}

// Compresses one message behind the ones before it. The last of a block ends with a full flush:
// nothing later refers back over it, and so the block can follow itself. RFC 7692, section 7.2.1.
static size_t compress_message(
    z_stream *deflater, char *text, size_t length, unsigned char *to, size_t room, bool last) {
  deflater->next_in = (unsigned char *)text;
  deflater->avail_in = (unsigned)length;
  deflater->next_out = to;
  deflater->avail_out = (unsigned)room;
  if (deflate(deflater, last ? Z_FULL_FLUSH : Z_SYNC_FLUSH) != Z_OK || deflater->avail_out == 0)
    fail("flood: deflate failed");
  return room - deflater->avail_out - 4;  // without 00 00 ff ff
}

struct block *block_make(size_t size, bool deflate) {
  struct block *block = calloc(1, sizeof *block);
  size_t count = size < BLOCK_SIZE ? BLOCK_SIZE / size : 1;
  size_t largest = size + size / 1000 + 128;  // an incompressible message, and its header
  char *text = malloc(size);
  unsigned char *payload = malloc(largest);
  if (!block || !text || !payload) fail("flood: out of memory");
  *block = (struct block){.size = size, .deflate = deflate, .count = count};
  block->bytes = malloc(count * (largest + 10));
  block->ends = calloc(count, sizeof *block->ends);
  block->payload = calloc(count, sizeof *block->payload);
  if (!block->bytes || !block->ends || !block->payload) fail("flood: out of memory");

  z_stream deflater = {0};
  if (deflate && deflateInit2(&deflater, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    fail("flood: deflateInit2 failed");
  struct random random = {0x9e3779b97f4a7c15u};
  uint64_t clock = 1;
  size_t offset = 0, sum = 0;
  for (size_t i = 0; i < count; i++) {
    size_t length = put_message(text, size, &clock, &random);
    sum += length;
    size_t coded = length;
    if (deflate)
      coded = compress_message(&deflater, text, length, payload, largest, i + 1 == count);
    offset += frame_header(block->bytes + offset, deflate ? 0xc1 : 0x81, coded);
    memcpy(block->bytes + offset, deflate ? payload : (unsigned char *)text, coded);
    offset += coded;
    block->ends[i] = offset;
    block->payload[i] = sum;
  }
  if (deflate) deflateEnd(&deflater);
  free(text);
  free(payload);
  return block;
}

void block_free(struct block *block) {
  if (!block) return;
  free(block->bytes);
  free(block->ends);
  free(block->payload);
  free(block);
}
