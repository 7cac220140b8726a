// Reads stdin to its end and prints how many lines and bytes there were, and how many lines begin
// with a given text: the count that shows whether a client printed everything.
//
//   drain [TEXT]

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 1024 * 1024, LARGEST_TEXT = 64 };

int main(int count, char **arguments) {
  const char *text = count > 1 ? arguments[1] : "";
  size_t length = strlen(text);
  if (length > LARGEST_TEXT) return 64;
  static char buffer[SIZE];
  unsigned long long lines = 0, bytes = 0, matching = 0;
  char start[LARGEST_TEXT];  // of the current line
  size_t kept = 0;
  for (ssize_t got; (got = read(STDIN_FILENO, buffer, SIZE)) > 0;) {
    bytes += (unsigned long long)got;
    const char *at = buffer, *end = buffer + got;
    while (at < end) {
      const char *newline = memchr(at, '\n', (size_t)(end - at));
      size_t part = (size_t)((newline ? newline : end) - at);
      size_t room = length - kept;
      memcpy(start + kept, at, part < room ? part : room);
      kept += part < room ? part : room;
      if (!newline) break;
      lines++;
      matching += kept == length && memcmp(start, text, length) == 0;
      kept = 0;
      at = newline + 1;
    }
  }
  printf("{\"lines\":%llu,\"bytes\":%llu,\"matching\":%llu}\n", lines, bytes, matching);
}
