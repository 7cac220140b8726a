// Runs a command and prints what it took, as one JSON line on stderr: seconds of wall and CPU time,
// peak memory in bytes, exit status. A program of its own because a process counts the memory of
// the one that started it into its peak: the starter has to be small.
//
//   measure SECONDS COMMAND [ARGUMENT…]      ends the command after SECONDS; its status is 124 then

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t late;
static pid_t child;

static void on_signal(int signal) {
  late = late || signal == SIGALRM;
  if (child > 0) kill(-child, SIGKILL);  // and all that it has started
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time) {
  return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  double began = now();
  child = fork();
  if (child == 0) {
    setpgid(0, 0);
    execvp(arguments[2], arguments + 2);
    perror(arguments[2]);
    _exit(127);
  }
  setpgid(child, child);
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  for (int i = 0; i < 3; i++) sigaction((int[]){SIGALRM, SIGINT, SIGTERM}[i], &action, NULL);
  alarm((unsigned)atoi(arguments[1]));
  int status;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) != child) return 1;
  int code = late ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  fprintf(stderr,
      "\n{\"status\":%d,\"wall\":%.6f,\"user\":%.6f,\"system\":%.6f,\"peak\":%ld}\n", code,
      now() - began, seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss * 1024);
  return 0;
}
