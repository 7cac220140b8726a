// System calls that the Glibc module does not offer to Swift.
//
// Only <stdint.h> is included here: a header of the C library that two modules include belongs to
// either of them, as the build goes.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stdint.h>

// What a descriptor is watched for, and what was found.
enum {
  CSYSTEM_READABLE = 1,
  CSYSTEM_WRITABLE = 2,
  CSYSTEM_FAILED = 4,
};

struct csystem_event {
  uint64_t token;
  uint32_t found;
};

// eventfd(2), non-blocking.
int csystem_eventfd(void);

// epoll(7). Each function gives -1 and errno for an error.
int csystem_epoll_create(void);
int csystem_epoll_add(int epoll, int descriptor, uint32_t wanted, uint64_t token);
int csystem_epoll_change(int epoll, int descriptor, uint32_t wanted, uint64_t token);
int csystem_epoll_remove(int epoll, int descriptor);
int csystem_epoll_wait(int epoll, struct csystem_event *_Nonnull events, int capacity,
                       int milliseconds);

// A connection that waits on a listening socket, non-blocking and closed on exec.
int csystem_accept(int listener);

// Blocks the signals in this thread; a non-blocking descriptor tells of them.
int csystem_signalfd(const int *_Nonnull signals, int count);

// The next signal, 0 for none.
int csystem_next_signal(int descriptor);

// Lets the signals through to this thread: where they would end the process they now do it with an exit code of
// 128 and their number, and the screen is given back. Whether any of them was blocked.
int csystem_let_signals_end(const int *_Nonnull signals, int count);

// A process that is then ended, too; 0 for none.
void csystem_end_also(int process);

// Takes that back; `blocked` is what csystem_let_signals_end gave.
void csystem_let_signals_be(const int *_Nonnull signals, int count, int blocked);

// A descriptor that is readable once the process has ended (pidfd_open(2)), closed on exec. -1 and
// errno for an error.
int csystem_pidfd(int process);

// The arguments of the process, which Swift knows only where /proc is mounted.
int csystem_argument_count(void);
const char *_Nonnull csystem_argument(int index);

// Takes over the terminal's screen: another screen without a cursor, keys as they are pressed, and stderr, if
// it is a terminal, held back. A crash gives everything back. What to paint on, non-blocking, until it is given
// back; -1 and errno for an error.
int csystem_screen_take(void);

// Whether the terminal is for this process now, not for another job of its shell.
int csystem_screen_is_ours(void);

// Gives it back, if it was taken, and writes what stderr has held back.
void csystem_screen_restore(void);

// The end of what is held back, up to `capacity` bytes; what is beyond `limit` is forgotten. 0 for nothing.
int csystem_screen_errors(char *_Nonnull text, int capacity, int limit);

// The commit and the Swift that this was built from and with; "unknown" where the build did not say.
const char *_Nonnull csystem_commit(void);
const char *_Nonnull csystem_swift(void);

#endif
