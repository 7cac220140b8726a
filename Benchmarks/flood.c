// The peer of the benchmarks: a WebSocket server that sends precomputed frames as fast as it can.
//
//   flood [--port N] [--tls CERTIFICATE KEY]
//
// It prints the port it listens on, serves one connection after the other, and prints one JSON line
// for each that ends. What a connection gets is said by its URL:
//
//   /flood?size=300&count=200000   frames right behind the upgrade, then close 1000
//   /websocket?size=300&count=N    the same once a branch is watched; without `count`, no frames
//                                  and no close: the client decides when to go
//   /pingpong?size=200&count=N     a frame, its echo, the next frame, and so on; then close 1000
//   &deflate=1                     with permessage-deflate, which the client must then offer
//
// `seconds` runs from before the first frame to the client's close frame, which answers ours and so
// says that everything before it was received.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <zlib.h>

#include "messages.h"
#include "stream.h"

enum { LARGEST_INPUT = 64 * 1024, SMALLEST = 200, LARGEST = 16 * 1024 * 1024 };

// What the URL asks for.
struct request {
  char path[32];
  size_t size, count;
  bool has_count, deflate;
};

struct connection {
  struct stream stream;
  struct request request;
  z_stream inflater;
  double median, p99;                  // of its round trips, in microseconds
  unsigned char input[LARGEST_INPUT + 16];
  size_t start, end;                   // of what is read but not used yet
  char message[16 * LARGEST_INPUT];    // the last payload, ended by a NUL
  size_t length;
};

enum opcode { LOST = -1, TEXT = 1, CLOSE = 8, PING = 9 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// ---- Upgrade ------------------------------------------------------------------------------------

static bool query_number(const char *target, const char *name, size_t *value) {
  const char *found = strstr(target, name);
  if (!found) return false;
  *value = strtoull(found + strlen(name), NULL, 10);
  return true;
}

// A header's value, in `value`; false when the head has no such header.
static bool header_value(const char *head, const char *name, char *value, size_t room) {
  for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
    const char *field = line + 2;
    if (strncasecmp(field, name, strlen(name)) != 0 || field[strlen(name)] != ':') continue;
    field += strlen(name) + 1;
    field += strspn(field, " \t");
    snprintf(value, room, "%.*s", (int)strcspn(field, "\r"), field);
    return true;
  }
  return false;
}

static bool refuse(struct connection *connection, const char *reason) {
  char answer[512];
  int length = snprintf(answer, sizeof answer,
      "HTTP/1.1 400 Bad Request\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
      strlen(reason), reason);
  stream_write(&connection->stream, answer, (size_t)length);
  return false;
}

// The answer to an offer of permessage-deflate. This peer's frames are made beforehand, with the
// full window and context takeover: an offer that asks for less of either cannot be kept.
static const char *deflate_answer(const char *offer) {
  if (!strstr(offer, "permessage-deflate") || strstr(offer, "server_no_context_takeover"))
    return NULL;
  const char *bits = strstr(offer, "server_max_window_bits");
  if (!bits) return "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  bits += strlen("server_max_window_bits");
  if (strncmp(bits, "=15", 3) != 0) return NULL;
  return "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=15\r\n";
}

static bool upgrade(struct connection *connection) {
  char head[8192], target[256], key[128], offer[512];
  struct request *request = &connection->request;
  if (!stream_read_head(&connection->stream, head, sizeof head)) return false;
  if (sscanf(head, "GET %255s ", target) != 1) return refuse(connection, "not a GET\n");
  if (!header_value(head, "Sec-WebSocket-Key", key, 64))
    return refuse(connection, "no Sec-WebSocket-Key\n");

  size_t deflate = 0;
  *request = (struct request){.size = 300};
  snprintf(request->path, sizeof request->path, "%.*s", (int)strcspn(target, "?"), target);
  query_number(target, "size=", &request->size);
  request->has_count = query_number(target, "count=", &request->count);
  query_number(target, "deflate=", &deflate);
  request->deflate = deflate != 0;
  if (request->size < SMALLEST || request->size > LARGEST)
    return refuse(connection, "size: 200 to 16777216\n");

  const char *extension = "";
  if (request->deflate) {
    if (!header_value(head, "Sec-WebSocket-Extensions", offer, sizeof offer))
      return refuse(connection, "no offer of permessage-deflate\n");
    extension = deflate_answer(offer);
    if (!extension) return refuse(connection, "only plain offers of permessage-deflate\n");
  }

  unsigned char digest[SHA_DIGEST_LENGTH], accept[64];
  strcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  SHA1((unsigned char *)key, strlen(key), digest);
  EVP_EncodeBlock(accept, digest, sizeof digest);
  int length = snprintf(head, sizeof head,
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: %s\r\n%s\r\n",
      accept, extension);
  return stream_write(&connection->stream, head, (size_t)length);
}

// ---- Frames of the client -----------------------------------------------------------------------

// The next `count` bytes of input, at most LARGEST_INPUT, or NULL when the client is gone.
static unsigned char *take(struct connection *connection, size_t count) {
  if (connection->end - connection->start < count) {
    connection->end -= connection->start;
    memmove(connection->input, connection->input + connection->start, connection->end);
    connection->start = 0;
  }
  while (connection->end - connection->start < count) {
    ssize_t got = stream_read(&connection->stream, connection->input + connection->end,
        sizeof connection->input - connection->end);
    if (got <= 0) return NULL;
    connection->end += (size_t)got;
  }
  unsigned char *taken = connection->input + connection->start;
  connection->start += count;
  return taken;
}

static bool inflate_message(struct connection *connection, unsigned char *payload, size_t length) {
  static unsigned char tail[] = {0, 0, 0xff, 0xff};
  z_stream *inflater = &connection->inflater;
  inflater->next_out = (unsigned char *)connection->message;
  inflater->avail_out = sizeof connection->message - 1;
  for (int part = 0; part < 2; part++) {
    inflater->next_in = part == 0 ? payload : tail;
    inflater->avail_in = part == 0 ? (unsigned)length : sizeof tail;
    int result = inflate(inflater, Z_SYNC_FLUSH);
    if (result != Z_OK && result != Z_BUF_ERROR) return false;
  }
  connection->length = sizeof connection->message - 1 - inflater->avail_out;
  return inflater->avail_out > 0;
}

// Reads one frame, its payload into `message`. Fragments and binary frames are not spoken.
static enum opcode read_frame(struct connection *connection) {
  unsigned char *header = take(connection, 2);
  if (!header || !(header[0] & 0x80) || !(header[1] & 0x80)) return LOST;
  bool compressed = header[0] & 0x40;
  enum opcode opcode = header[0] & 0x0f;
  size_t length = header[1] & 0x7f;
  if (length == 127) return LOST;
  if (length == 126) {
    unsigned char *extended = take(connection, 2);
    if (!extended) return LOST;
    length = (size_t)extended[0] << 8 | extended[1];
  }
  unsigned char *mask = take(connection, 4);
  if (!mask) return LOST;
  unsigned char key[4] = {mask[0], mask[1], mask[2], mask[3]};
  unsigned char *payload = take(connection, length);
  if (!payload) return LOST;
  for (size_t i = 0; i < length; i++) payload[i] ^= key[i % 4];
  if (compressed) {
    if (!connection->request.deflate || !inflate_message(connection, payload, length)) return LOST;
  } else {
    memcpy(connection->message, payload, length);
    connection->length = length;
  }
  connection->message[connection->length] = 0;
  return opcode;
}

// ---- What is sent -------------------------------------------------------------------------------

static bool send_frame(
    struct connection *connection, enum opcode opcode, const void *payload, size_t length) {
  unsigned char frame[512];
  if (length > sizeof frame - 10) return false;
  size_t header = frame_header(frame, (unsigned char)(0x80 | opcode), length);
  memcpy(frame + header, payload, length);
  return stream_write(&connection->stream, frame, header + length);
}

static bool send_text(struct connection *connection, const char *text) {
  return send_frame(connection, TEXT, text, strlen(text));
}

// The next text message; pings before it are answered. CLOSE and LOST end a connection.
static enum opcode next_message(struct connection *connection) {
  for (;;) {
    enum opcode opcode = read_frame(connection);
    if (opcode == PING) {
      if (!send_frame(connection, 10, connection->message, connection->length)) return LOST;
    } else if (opcode == TEXT || opcode == CLOSE || opcode == LOST) {
      return opcode;
    }
  }
}

// Speaks the inst protocol until the branch is watched.
static enum opcode until_watched(struct connection *connection) {
  for (;;) {
    enum opcode opcode = next_message(connection);
    if (opcode != TEXT) return opcode;
    if (strstr(connection->message, "\"repo/watch_branch\"")) {
      bool sent =
          send_text(connection,
              "[1,-1,{\"type\":\"repo/add_updates\",\"recordName\":null,\"inst\":\"bench\","
              "\"branch\":\"default\",\"updates\":[],\"initial\":true}]") &&
          send_text(connection,
              "[1,-1,{\"type\":\"repo/watch_branch_result\",\"recordName\":null,"
              "\"inst\":\"bench\",\"branch\":\"default\",\"success\":true}]");
      return sent ? TEXT : LOST;
    }
    if (strstr(connection->message, "\"login\"") &&
        !send_text(connection,
            "[1,-1,{\"type\":\"login_result\",\"success\":true,\"info\":{\"userId\":null,"
            "\"sessionId\":null,\"connectionId\":\"bench\"}}]"))
      return LOST;
  }
}

static bool flood(struct connection *connection, const struct block *block) {
  size_t left = connection->request.count;
  for (; left >= block->count; left -= block->count)
    if (!stream_write(&connection->stream, block->bytes, block->ends[block->count - 1]))
      return false;
  return left == 0 || stream_write(&connection->stream, block->bytes, block->ends[left - 1]);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Round trips, one after the other.
static bool pingpong(struct connection *connection, const struct block *block) {
  size_t count = connection->request.count;
  double *times = calloc(count ? count : 1, sizeof *times);
  if (!times) fail("flood: out of memory");
  for (size_t i = 0; i < count; i++) {
    size_t which = i % block->count, start = which ? block->ends[which - 1] : 0;
    size_t length = block->payload[which] - (which ? block->payload[which - 1] : 0);
    double began = now();
    if (!stream_write(
            &connection->stream, block->bytes + start, block->ends[which] - start) ||
        next_message(connection) != TEXT || connection->length != length) {
      free(times);
      return false;
    }
    times[i] = now() - began;
  }
  qsort(times, count, sizeof *times, by_value);
  if (count > 0) {
    connection->median = times[count / 2] * 1e6;
    connection->p99 = times[count * 99 / 100] * 1e6;
  }
  free(times);
  return true;
}

// Everything from the upgrade to the end; prints the connection's line.
static void serve(struct connection *connection) {
  static struct block *block;  // that of the last connection
  struct request *request = &connection->request;
  if (!upgrade(connection)) {
    printf("{\"end\":\"refused\"}\n");
    return;
  }
  if (inflateInit2(&connection->inflater, -15) != Z_OK) fail("flood: inflateInit2 failed");
  if (!block || block->size != request->size || block->deflate != request->deflate) {
    block_free(block);
    block = block_make(request->size, request->deflate);
  }

  enum opcode last = TEXT;
  if (strcmp(request->path, "/websocket") == 0) last = until_watched(connection);
  bool trips = strcmp(request->path, "/pingpong") == 0;
  double began = now();
  if (last == TEXT && !(trips ? pingpong(connection, block) : flood(connection, block)))
    last = LOST;
  if (last == TEXT && request->has_count) send_frame(connection, CLOSE, "\x03\xe8", 2);
  while (last == TEXT) last = next_message(connection);
  double seconds = now() - began;
  if (last == CLOSE && !request->has_count)
    send_frame(connection, CLOSE, connection->message, connection->length);

  size_t blocks = request->count / block->count, rest = request->count % block->count;
  size_t bytes = blocks * block->payload[block->count - 1] + (rest ? block->payload[rest - 1] : 0);
  printf("{\"path\":\"%s\",\"count\":%zu,\"bytes\":%zu,\"seconds\":%.6f,\"median\":%.2f,"
         "\"p99\":%.2f,\"end\":\"%s\"}\n",
      request->path, request->count, bytes, seconds, connection->median, connection->p99,
      last == CLOSE ? "close" : "lost");
  inflateEnd(&connection->inflater);
}

// ---- Listening ----------------------------------------------------------------------------------

static SSL_CTX *tls_context(const char *certificate, const char *key) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  if (!context || SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
    fail("flood: cannot use %s with %s", certificate, key);
  return context;
}

static int listen_on(unsigned short port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(listener, 16) != 0)
    fail("flood: cannot listen on port %d", port);
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  return listener;
}

int main(int count, char **arguments) {
  unsigned short port = 0;
  SSL_CTX *context = NULL;
  for (int i = 1; i < count; i++) {
    if (strcmp(arguments[i], "--port") == 0 && i + 1 < count)
      port = (unsigned short)atoi(arguments[++i]);
    else if (strcmp(arguments[i], "--tls") == 0 && i + 2 < count) {
      context = tls_context(arguments[i + 1], arguments[i + 2]);
      i += 2;
    } else
      fail("usage: flood [--port N] [--tls CERTIFICATE KEY]");
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGPIPE, SIG_IGN);
  int listener = listen_on(port);
  static struct connection connection;
  for (;;) {
    int fd = accept(listener, NULL, NULL), on = 1;
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    memset(&connection, 0, offsetof(struct connection, input));
    connection.start = connection.end = connection.length = 0;
    connection.stream = (struct stream){.fd = fd};
    if (context) {
      connection.stream.tls = SSL_new(context);
      SSL_set_fd(connection.stream.tls, fd);
      if (SSL_accept(connection.stream.tls) != 1) {
        printf("{\"end\":\"tls refused\"}\n");
        stream_close(&connection.stream);
        continue;
      }
    }
    serve(&connection);
    stream_close(&connection.stream);
  }
}
