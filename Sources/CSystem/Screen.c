// A terminal's screen taken over, and given back whatever happens: also in a handler of a fatal signal,
// so nothing here may allocate, lock or call what is not async-signal-safe.
#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

// The alternate screen, erased; no cursor, and no new row behind the last column.
static const char takeover[] = "\033[?1049h\033[?25l\033[?7l\033[2J\033[H";
// Plain characters, the cursor, and what was on the screen before.
static const char giving_back[] = "\033[0m\033[?7h\033[?25h\033[?1049l";
// How long a terminal may take nothing until nothing more is written for it.
enum { PATIENCE_MILLISECONDS = 500 };

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGQUIT};
enum { FATAL = sizeof fatal / sizeof fatal[0] };

static volatile sig_atomic_t taken;
static struct termios settings;
static struct sigaction before[FATAL];
static char stack[16384];
// What is painted on.
static int screen = -1;
// What stderr was, and what is written there meanwhile; -1 where stderr is no terminal.
static int errors = -1, held = -1;

static int write_all(int descriptor, const char *text, size_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, text, count);
    if (written > 0) {
      text += written;
      count -= (size_t)written;
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    struct pollfd room = {.fd = descriptor, .events = POLLOUT};
    if (written < 0 && errno == EAGAIN && poll(&room, 1, PATIENCE_MILLISECONDS) > 0) continue;
    return 0;
  }
  return 1;
}

static void release_errors(int is_writable) {
  if (errors < 0) return;
  dup2(errors, STDERR_FILENO);
  close(errors);
  errors = -1;
  char text[1024];
  off_t place = 0;
  ssize_t count;
  while (is_writable && (count = pread(held, text, sizeof text, place)) > 0) {
    is_writable = write_all(STDERR_FILENO, text, (size_t)count);
    place += count;
  }
  close(held);
  held = -1;
}

int csystem_screen_is_ours(void) {
  // Without job control there is nobody else.
  pid_t foreground = tcgetpgrp(STDIN_FILENO);
  return foreground <= 0 || foreground == getpgrp();
}

void csystem_screen_restore(void) {
  if (!taken) return;
  taken = 0;
  int code = errno;
  // What is written here must not stop us, even where another job has the terminal.
  sigset_t stopping, blocked;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &stopping, &blocked);
  // That job has made its own settings. They come first: the terminal may take nothing more.
  if (csystem_screen_is_ours()) tcsetattr(STDIN_FILENO, TCSANOW, &settings);
  release_errors(write_all(screen, giving_back, sizeof giving_back - 1));
  close(screen);
  screen = -1;
  pthread_sigmask(SIG_SETMASK, &blocked, NULL);
  for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &before[i], NULL);
  errno = code;
}

static void crashed(int signal) {
  csystem_screen_restore();
  // What would have happened without us; an instruction that failed fails again.
  raise(signal);
}

static void hold_errors(void) {
  if (!isatty(STDERR_FILENO)) return;
  held = memfd_create("stderr", MFD_CLOEXEC);
  if (held < 0) return;
  fcntl(held, F_SETFL, O_APPEND);
  errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (errors >= 0 && dup2(held, STDERR_FILENO) >= 0) return;
  if (errors >= 0) close(errors);
  close(held);
  errors = held = -1;
}

static int open_screen(void) {
  // A descriptor of our own can be non-blocking without being so for others.
  int own = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  return own >= 0 ? own : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

int csystem_screen_take(void) {
  if (taken) return screen;
  // As a shell's job in the background we wait until we are called, as others do.
  if (!csystem_screen_is_ours()) raise(SIGTTOU);
  if (tcgetattr(STDIN_FILENO, &settings) < 0) return -1;
  screen = open_screen();
  if (screen < 0) return -1;
  struct termios raw = settings;
  cfmakeraw(&raw);
  // What is printed goes on as it did: only the input is raw.
  raw.c_oflag = settings.c_oflag;

  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &action, &before[i]);

  hold_errors();
  taken = 1;
  if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) < 0) {
    int code = errno;
    csystem_screen_restore();
    errno = code;
    return -1;
  }
  write_all(screen, takeover, sizeof takeover - 1);
  return screen;
}

int csystem_screen_errors(char *text, int capacity, int limit) {
  if (held < 0) return 0;
  off_t size = lseek(held, 0, SEEK_END);
  if (size > limit) {
    // Its end is worth more than its beginning, and memory has a bound.
    char end[4096];
    ssize_t count = pread(held, end, sizeof end, size - (off_t)sizeof end);
    if (ftruncate(held, 0) == 0 && count > 0) write_all(held, end, (size_t)count);
    size = lseek(held, 0, SEEK_END);
  }
  off_t start = size > capacity ? size - capacity : 0;
  return (int)pread(held, text, (size_t)capacity, start);
}
