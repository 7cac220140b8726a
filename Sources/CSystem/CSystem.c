#define _GNU_SOURCE
#include "CSystem.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int csystem_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int csystem_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int descriptor, uint32_t wanted, uint64_t token) {
  struct epoll_event event = {.data = {.u64 = token}};
  if (wanted & CSYSTEM_READABLE) event.events |= EPOLLIN | EPOLLRDHUP;
  if (wanted & CSYSTEM_WRITABLE) event.events |= EPOLLOUT;
  return epoll_ctl(epoll, operation, descriptor, &event);
}

int csystem_epoll_add(int epoll, int descriptor, uint32_t wanted, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, descriptor, wanted, token);
}

int csystem_epoll_change(int epoll, int descriptor, uint32_t wanted, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, descriptor, wanted, token);
}

int csystem_epoll_remove(int epoll, int descriptor) {
  return control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0);
}

int csystem_epoll_wait(int epoll, struct csystem_event *events, int capacity, int milliseconds) {
  enum { MAXIMUM = 64 };
  struct epoll_event found[MAXIMUM];
  int count = epoll_wait(epoll, found, capacity < MAXIMUM ? capacity : MAXIMUM, milliseconds);
  for (int i = 0; i < count; i++) {
    uint32_t bits = 0;
    if (found[i].events & (EPOLLIN | EPOLLRDHUP)) bits |= CSYSTEM_READABLE;
    if (found[i].events & EPOLLOUT) bits |= CSYSTEM_WRITABLE;
    if (found[i].events & (EPOLLERR | EPOLLHUP)) bits |= CSYSTEM_FAILED;
    events[i].token = found[i].data.u64;
    events[i].found = bits;
  }
  return count;
}

int csystem_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static sigset_t set_of(const int *signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
  return set;
}

int csystem_signalfd(const int *signals, int count) {
  sigset_t mask = set_of(signals, count);
  pthread_sigmask(SIG_BLOCK, &mask, NULL);
  return signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
}

static volatile sig_atomic_t other;

void csystem_end_also(int process) { other = process; }

static void end(int signal) {
  csystem_screen_restore();
  if (other > 0) kill(other, SIGTERM);
  _exit(128 + signal);
}

int csystem_let_signals_end(const int *signals, int count) {
  for (int i = 0; i < count; i++) {
    struct sigaction action;
    // What is ignored stays ignored.
    if (sigaction(signals[i], NULL, &action) != 0 || action.sa_handler != SIG_DFL) continue;
    action.sa_handler = end;
    sigaction(signals[i], &action, NULL);
  }
  sigset_t mask = set_of(signals, count), before;
  pthread_sigmask(SIG_UNBLOCK, &mask, &before);
  for (int i = 0; i < count; i++)
    if (sigismember(&before, signals[i]) == 1) return 1;
  return 0;
}

void csystem_let_signals_be(const int *signals, int count, int blocked) {
  sigset_t mask = set_of(signals, count);
  if (blocked) pthread_sigmask(SIG_BLOCK, &mask, NULL);
  for (int i = 0; i < count; i++) {
    struct sigaction action;
    if (sigaction(signals[i], NULL, &action) != 0 || action.sa_handler != end) continue;
    action.sa_handler = SIG_DFL;
    sigaction(signals[i], &action, NULL);
  }
}

int csystem_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

// As a plain system call: the C library's own function is younger than most.
int csystem_pidfd(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }
