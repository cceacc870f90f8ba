/* The file that a bound unix socket leaves behind: its mode, and its removal. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { FOLDER_MAX = 4096 }; /* Linux takes no longer path */

static bool path_of(const nsk_addr *addr, char *path) {
  const char *name;
  size_t length;
  if (!nsk_addr_unix_name(addr, &name, &length) || name[0] == '\0') return false;
  memcpy(path, name, length);
  path[length] = '\0';
  return true;
}

/* Nobody has the socket when connecting to it is refused; whatever else is said, somebody
   may. A datagram socket asks, which is told EPROTOTYPE by a stream that lives: one that
   does not listen yet refuses its own kind as if it had gone, and one that does would see
   a connection. Only a socket is ever removed. */
static bool stale(const char *path, const nsk_addr *addr) {
  struct stat status;
  if (lstat(path, &status) < 0 || !S_ISSOCK(status.st_mode)) return false;
  int fd = nsk_open_fd(AF_UNIX, SOCK_DGRAM, 0, true);
  if (fd < 0) return false;
  bool refused =
      connect(fd, nsk_addr_sockaddr(addr), addr->length) < 0 && errno == ECONNREFUSED;
  nsk_close_fd(fd);
  return refused;
}

static nsk_outcome bind_over(nsk_socket *s, const nsk_addr *addr, const char *path,
                             nsk_error *error) {
  nsk_outcome outcome = nsk_socket_bind(s, addr, error);
  if (outcome == NSK_DONE || error->code != EADDRINUSE) return outcome;
  if (!stale(path, addr) || unlink(path) < 0) return outcome;
  return nsk_socket_bind(s, addr, error);
}

/* bind(2) makes the file with the socket's own mode less the umask, so it is never more
   open than asked, not even for a moment; what the umask took is given after. */
static nsk_outcome widen(const char *path, mode_t mode, const nsk_addr *addr,
                         nsk_error *error) {
  struct stat status;
  if (lstat(path, &status) == 0 && (status.st_mode & 07777) == mode) return NSK_DONE;
  if (chmod(path, mode) == 0) return NSK_DONE;
  return nsk_fail_at(error, "chmod", errno, addr);
}

/* The file is known by what it is, not only by its name: another process may have put
   its own there since. The name is made absolute, for chdir(2) may come before close. */
static nsk_outcome remember(nsk_socket *s, const char *path, nsk_error *error) {
  struct stat status;
  nsk_block *block = NULL;
  char folder[FOLDER_MAX] = "";
  if (lstat(path, &status) < 0) return nsk_fail(error, "lstat", errno);
  if (path[0] != '/' && getcwd(folder, sizeof folder) == NULL)
    return nsk_fail(error, "getcwd", errno);
  size_t above = strlen(folder), length = strlen(path) + 1;
  if (!nsk_block_reserve(&block, above + 1 + length))
    return nsk_fail_memory(error, "bind");
  memcpy(block->data, folder, above);
  if (above > 0) block->data[above++] = '/';
  memcpy(block->data + above, path, length);
  block->device = (uint64_t)status.st_dev;
  block->file = (uint64_t)status.st_ino;
  block->maker = getpid();
  block->is_path = true;
  block->next = NULL;
  s->rest = block; /* a fresh socket carries nothing yet */
  return NSK_DONE;
}

void nsk_path_remove(const nsk_block *block) {
  const char *path = (const char *)block->data;
  struct stat status;
  if (block->maker != getpid() || lstat(path, &status) < 0) return;
  if ((uint64_t)status.st_dev == block->device && (uint64_t)status.st_ino == block->file)
    unlink(path);
}

nsk_outcome nsk_bind_path(nsk_socket *s, const nsk_addr *addr, const nsk_bind_how *how,
                          nsk_error *error) {
  char path[sizeof addr->bytes + 1];
  mode_t mode = (mode_t)how->mode;
  if (!path_of(addr, path)) return nsk_socket_bind(s, addr, error);
  if (how->with_mode && fchmod(s->fd, mode) < 0)
    return nsk_fail_at(error, "fchmod", errno, addr);
  nsk_outcome outcome =
      how->unlink ? bind_over(s, addr, path, error) : nsk_socket_bind(s, addr, error);
  if (outcome != NSK_DONE) return outcome;
  if (how->with_mode) outcome = widen(path, mode, addr, error);
  if (outcome == NSK_DONE && how->unlink) outcome = remember(s, path, error);
  if (outcome != NSK_DONE) unlink(path); /* it was made a moment ago, by us */
  return outcome;
}
