/* Listening sockets that a service manager has opened for this process. */
#include "system/system.h"

#include <stdlib.h>
#include <string.h>

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

/* How many names a text has, and where the i-th begins and ends. */
static size_t names_of(const char *text, size_t i, const char **name, size_t *length) {
  size_t count = 0;
  for (const char *at = text;; at++) {
    size_t n = strcspn(at, ":");
    if (count++ == i) {
      *name = at;
      *length = n;
    }
    at += n;
    if (*at == '\0') return count;
  }
}

nsk_outcome nsk_listen_fdname(int i, char name[NSK_FDNAME_SIZE], nsk_error *error) {
  static const char unknown[] = "unknown", variable[] = "LISTEN_FDNAMES";
  int first, count;
  nsk_outcome outcome = nsk_listen_fds(false, &first, &count, error);
  if (outcome != NSK_DONE) return outcome;
  if (i >= count) return NSK_END;
  const char *text = getenv(variable), *found = unknown;
  size_t length = sizeof unknown - 1;
  if (text != NULL && names_of(text, (size_t)i, &found, &length) != (size_t)count)
    return nski_fail_about(error, "listen_fdnames", EINVAL, variable,
                           sizeof variable - 1);
  if (length >= NSK_FDNAME_SIZE)
    return nski_fail_about(error, "listen_fdnames", ENAMETOOLONG, variable,
                           sizeof variable - 1);
  memcpy(name, found, length);
  name[length] = '\0';
  return NSK_DONE;
}
