#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct stream client_open(const char *url, const char *authority, bool *deflate) {
  bool secure = strncmp(url, "wss://", 6) == 0;
  char host[64], head[4096];
  unsigned short port;
  int consumed = 0;
  const char *rest = strstr(url, "://");
  if (!rest || sscanf(rest + 3, "%63[^:/]:%hu%n", host, &port, &consumed) != 2)
    fail("%s: expected ws://ADDRESS:PORT/PATH", url);
  const char *target = rest + 3 + consumed;

  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  int on = 1;
  struct stream stream = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
      connect(stream.fd, (struct sockaddr *)&address, sizeof address) != 0)
    fail("cannot connect to %s", url);
  setsockopt(stream.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  if (secure) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context || !authority || SSL_CTX_load_verify_locations(context, authority, NULL) != 1)
      fail("%s: needs --cacert FILE", url);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_read_ahead(context, 1);  // else two reads for each record
    SSL_CTX_set_default_read_buffer_len(context, 64 * 1024);
    stream.tls = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(stream.tls, stream.fd);
    if (SSL_connect(stream.tls) != 1) fail("%s: TLS failed", url);
  }

  bool wanted = strstr(target, "deflate=1");
  int length = snprintf(head, sizeof head,
      "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
      *target ? target : "/", host, port,
      wanted ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
  if (!stream_write(&stream, head, (size_t)length) ||
      !stream_read_head(&stream, head, sizeof head) || strncmp(head, "HTTP/1.1 101 ", 13) != 0)
    fail("%s: upgrade refused", url);
  *deflate = strstr(head, "permessage-deflate");
  return stream;
}

bool client_send(struct stream *stream, unsigned char first, const void *payload, size_t length) {
  static const unsigned char key[4] = {0x37, 0xfa, 0x21, 0x3d};
  unsigned char frame[65536 + 8];
  if (length > 65535) return false;
  size_t header = 2;
  frame[0] = first;
  frame[1] = (unsigned char)(0x80 | (length < 126 ? length : 126));
  if (length >= 126) {
    frame[header++] = (unsigned char)(length >> 8);
    frame[header++] = (unsigned char)length;
  }
  memcpy(frame + header, key, sizeof key);
  header += sizeof key;
  const unsigned char *from = payload;
  for (size_t i = 0; i < length; i++) frame[header + i] = from[i] ^ key[i % 4];
  return stream_write(stream, frame, header + length);
}
