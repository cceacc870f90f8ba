/* Listening sockets that a service manager has opened for this process. */
#include "system/system.h"

#include <stdlib.h>

enum { FIRST_PASSED = 3 };

/* A decimal number of the environment; -1 where there is none. */
static long number(const char *name) {
  const char *text = getenv(name);
  char *end;
  if (text == NULL || *text < '0' || *text > '9') return -1;
  errno = 0;
  long value = strtol(text, &end, 10);
  return *end == '\0' && errno == 0 ? value : -1;
}

nsk_outcome nsk_listen_fds(bool unset, int *first, int *count, nsk_error *error) {
  long pid = number("LISTEN_PID"), fds = number("LISTEN_FDS");
  if (unset) {
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
  }
  *first = FIRST_PASSED;
  *count = 0;
  if (pid != (long)getpid() || fds <= 0) return NSK_DONE;
  if (fds > 4096) return nski_fail_about(error, "listen_fds", EINVAL, "LISTEN_FDS", 10);
  *count = (int)fds;
  return NSK_DONE;
}
