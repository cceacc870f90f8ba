/* Binding to a unix path: its mode, and the stale file that is in the way. */
#include "socket/socket.h"

#include <stdio.h>
#include <string.h>

static bool path_of(const nsk_addr *addr, char *path) {
  const char *name;
  size_t length;
  if (!nski_addr_unix_name(addr, &name, &length) || name[0] == '\0') return false;
  memcpy(path, name, length);
  path[length] = '\0';
  return true;
}

/* No process has the socket when connecting to it is refused; with any other answer, one
   may. A datagram socket asks, which is told EPROTOTYPE by a stream that lives: one that
   does not listen yet refuses its own kind as if it had gone, and one that does would see
   a connection. Only a socket is ever removed. */
static bool stale(const char *path, const nsk_addr *addr) {
  struct stat status;
  if (lstat(path, &status) < 0 || !S_ISSOCK(status.st_mode)) return false;
  int fd = nski_open_fd(AF_UNIX, SOCK_DGRAM, 0, true);
  if (fd < 0) return false;
  bool refused =
      connect(fd, nski_addr_sockaddr(addr), addr->length) < 0 && errno == ECONNREFUSED;
  nski_close_fd(fd);
  return refused;
}

static nsk_outcome bind_over(nsk_socket *s, const nsk_addr *addr, const char *path,
                             nsk_error *error) {
  nsk_outcome outcome = nsk_socket_bind(s, addr, error);
  if (outcome == NSK_DONE || error->code != EADDRINUSE) return outcome;
  if (!stale(path, addr) || unlink(path) < 0) return outcome;
  return nsk_socket_bind(s, addr, error);
}

#ifdef O_PATH

/* The mode of what is opened here, which is the socket that was seen a moment ago and has
   no other name: the owner of the directory can put a link in its place. Needs /proc. */
static nsk_outcome change_mode(const char *path, mode_t mode, const struct stat *seen,
                               const nsk_addr *addr, nsk_error *error) {
  char self[40];
  struct stat status;
  nsk_outcome outcome = NSK_DONE;
  int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return nski_fail_at(error, "open", errno, addr);
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  if (fstat(fd, &status) < 0)
    outcome = nski_fail_at(error, "fstat", errno, addr);
  else if (!S_ISSOCK(status.st_mode) || status.st_nlink != 1 ||
           status.st_dev != seen->st_dev || status.st_ino != seen->st_ino)
    outcome = nski_fail_at(error, "chmod", EEXIST, addr);
  else if (chmod(self, mode) < 0)
    outcome = nski_fail_at(error, "chmod", errno, addr);
  nski_close_fd(fd);
  return outcome;
}

#else

static nsk_outcome change_mode(const char *path, mode_t mode, const struct stat *seen,
                               const nsk_addr *addr, nsk_error *error) {
  (void)seen;
  if (fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) == 0) return NSK_DONE;
  return nski_fail_at(error, "chmod", errno, addr);
}

#endif

/* bind(2) makes the file with the socket's own mode less the umask, so it is never more
   open than asked, not even for a moment; what the umask took is given after. */
static nsk_outcome widen(const char *path, mode_t mode, const nsk_addr *addr,
                         nsk_error *error) {
  struct stat status;
  if (lstat(path, &status) < 0) return nski_fail_at(error, "lstat", errno, addr);
  if (S_ISSOCK(status.st_mode) && (status.st_mode & 07777) == mode) return NSK_DONE;
  return change_mode(path, mode, &status, addr, error);
}

/* For a fresh socket's close. */
static nsk_outcome remember(nsk_socket *s, const char *path, nsk_error *error) {
  nsk_side *side = nski_side_of(s);
  if (side == NULL) return nski_fail_memory(error, "bind");
  return nski_path_of(path, &side->path, error);
}

nsk_outcome nski_bind_path(nsk_socket *s, const nsk_addr *addr, const nsk_bind_how *how,
                           nsk_error *error) {
  char path[sizeof addr->bytes + 1];
  mode_t mode = (mode_t)how->mode;
  if (!path_of(addr, path)) return nsk_socket_bind(s, addr, error);
  if (how->with_mode && fchmod(s->fd, mode) < 0)
    return nski_fail_at(error, "fchmod", errno, addr);
  nsk_outcome outcome =
      how->unlink ? bind_over(s, addr, path, error) : nsk_socket_bind(s, addr, error);
  if (outcome != NSK_DONE) return outcome;
  if (how->with_mode) outcome = widen(path, mode, addr, error);
  if (outcome == NSK_DONE && how->unlink) outcome = remember(s, path, error);
  if (outcome != NSK_DONE) unlink(path); /* it was made a moment ago, by us */
  return outcome;
}
